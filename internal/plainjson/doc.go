// Package plainjson writes JSON again in the one form in which JavaScript's JSON.stringify and Python's json.dumps(separators=(",", ":"),
// ensure_ascii=False) leave it as it is, so that whoever reads a document and writes it again gets the same bytes.
//
// It owns that form: no white space, raw UTF-8, the shortest escapes, whole numbers up to 2^53 and every other number as a string, names
// that are array indexes first and in ascending order, each name once. It knows nothing of what documents say. It imports the standard
// library only.
//
// Invariants: a document in plain form stays as it is, byte for byte; what is no JSON gets an error and never an output; time and memory
// grow with the document's length, whatever it holds.
//
// All functions are pure and safe for concurrent use.
package plainjson
