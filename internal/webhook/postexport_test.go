package webhook

import (
	"net/http"
	"time"

	"kefu/internal/safehttp"
)

// PosterWith makes a Poster that trusts other certificates, or resolves names otherwise.
func PosterWith(o safehttp.Options, version string) *Poster { return newPoster(o, version) }

// Shown is shown.
func Shown(body []byte) string { return shown(body) }

// RetryAfter is retryAfter.
func RetryAfter(value string, now time.Time) time.Duration {
	return retryAfter(http.Header{"Retry-After": {value}}, now)
}
