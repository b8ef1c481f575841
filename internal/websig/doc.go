// Package websig makes and checks the signatures of webhooks, in and out.
//
// It owns two schemes: Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature; Sign and Verify), and the plain "sha256="
// HMAC of a body, with its second copy inside the body (BodySignature, Embed, Strip). It knows nothing of endpoints, inboxes or of which
// scheme applies where. It imports the standard library only.
//
// Invariants: signatures are over raw bytes and never over JSON that was read and written again. Comparisons take the same time
// whatever differs. No error contains a secret or the signature that would have been right. An empty secret signs nothing and
// verifies nothing.
//
// All functions are pure (time is a parameter; NewSecret alone reads random bytes) and safe for concurrent use. Callers bound the body
// and the headers before they come here; the work is one pass over the body whatever the headers hold.
package websig
