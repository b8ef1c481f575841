// Package judge holds recorded requests against Twilio's official OpenAPI documents. It is for tests: it may import kin-openapi and the
// fake, and nothing that ships may import it.
//
// The documents describe, the service decides. Fields without a type (Channel and Routing of an interaction) are taken as texts. What has
// no document (media) is not judged, and Check says so by ok. The documents know products that Twilio has ended without a word about it:
// calls to those are refused here, whatever the documents say. Ids in paths are not described; they are checked here.
//
// A Judge never changes after Load and may be used from any goroutine.
package judge
