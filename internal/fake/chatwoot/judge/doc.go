// Package judge holds recorded requests against Chatwoot's official OpenAPI document. It is for tests: it may import kin-openapi and the
// fake, and nothing that ships may import it.
//
// The document says "object" for the attributes of cards and forms; their rules the fake has.
//
// A Judge never changes after Load and may be used from any goroutine.
package judge
