// Package judge holds a bot's recorded requests against Discord's official
// OpenAPI document (v10). It is for tests: it may import kin-openapi and the
// fake, and nothing that ships may import it.
//
// The document describes, the service decides. Two of its alarms are false and
// handled here: permission bits come as the documented string where the
// document wants an integer, and multipart bodies are judged by their
// payload_json. What the document does not know (limits of counts, permissions,
// buttons without custom_id, the 2,000 characters of a message) the fake
// refuses itself.
//
// A Judge never changes after Load and may be used from any goroutine.
package judge
