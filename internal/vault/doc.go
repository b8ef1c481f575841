// Package vault keeps attachments and hands them out by signed links.
//
// It owns the folder of files (named by the SHA-256 of what they hold), what a file is found to be, the names that files may have, and
// the form of a link. It knows nothing of messages, of who may see what, or of where a file came from. It may import the root package,
// ident, secret and safehttp.
//
// Invariants: a file that Put returned is on the disk, whole, under its own sum; of a Put that failed nothing stays. What a file is
// comes from its bytes, never from its name or from what a sender said. Whatever could run in a browser is handed out as a download of no
// type. A link that Kefu did not make, or that was changed in any character, opens nothing and does not tell whether the file exists.
//
// A Vault is safe for concurrent use, by several processes on one shared folder too. It holds no goroutines and no open files.
package vault
