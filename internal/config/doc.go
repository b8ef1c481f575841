// Package config reads Kefu's configuration: one struct, one YAML file, the same keys by environment variable.
//
// It owns what the keys are called, what they default to and which values are taken, and everything that is told about them: the faults,
// `kefu config check|print|doc` and docs/configuration.md, which a test makes from the struct. It may import the root package, connector
// and ground packages, and is imported by app, demo and cmd only; everybody else gets values.
//
// Invariants: every fault is reported at once, with the line or the variable that has it; what is not known is a fault, never ignored;
// no fault, warning or printed configuration holds a secret; Load neither changes anything nor opens anything but the file, and the files
// that …_FILE variables name. What Print writes loads again.
//
// A Config does not change after Load and is safe for concurrent use.
package config
