// Command kefu carries every customer conversation between where customers write and where staff answer.
//
// It owns the command line: parsing, words for people, exit codes. What the commands do stands in internal/app, internal/config,
// internal/auth and internal/demo.
package main
