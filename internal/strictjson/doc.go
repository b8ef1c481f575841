// Package strictjson looks over JSON text from outside before any decoder does.
//
// Decoders repair what is broken, and each in its own way: one takes the first of two equal names, another the last; half a surrogate pair
// becomes another character. What Check lets pass means the same to every decoder and can be stored in any database. It knows nothing of
// what the text is about, keeps nothing between calls, and is safe for concurrent use.
package strictjson
