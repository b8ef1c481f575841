package discord

import "time"

// RateLimits is what the fake enforces and tells in X-RateLimit headers. The
// zero value enforces nothing and sends no headers.
type RateLimits struct {
	Rules  []RateRule
	Global int // requests per second over all routes; 0 = none
}

// RateRule limits one route per major parameter (channel, guild or webhook).
// The first rule that matches counts.
type RateRule struct {
	Method string // "" = every method
	Route  string // as in the route table, e.g. "/channels/{channel}/messages"; "" = every route
	Limit  int
	Per    time.Duration
}

// RealisticLimits are the limits that bots observe on the real service.
func RealisticLimits() RateLimits {
	return RateLimits{Global: 50, Rules: []RateRule{
		{"POST", "/channels/{channel}/messages", 5, 5 * time.Second},
		{"PATCH", "/channels/{channel}/messages/{message}", 5, 5 * time.Second},
		{"DELETE", "/channels/{channel}/messages/{message}", 5, time.Second},
		{"PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", 1, 250 * time.Millisecond},
		{"DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", 1, 250 * time.Millisecond},
		{"", "", 10, 5 * time.Second},
	}}
}
