package discord

import (
	"regexp"
	"time"
)

// FaultKind says what goes wrong with a REST request.
type FaultKind int

// What a REST request can suffer. "Before" faults have no effect on the guild;
// "After" faults have the whole effect and lose the answer.
const (
	FaultDelay       FaultKind = iota // answer after Delay (the effect too)
	FaultDelayAfter                   // effect at once, answer after Delay
	FaultLimitJSON                    // 429 as JSON, scope user (or Scope)
	FaultLimitHTML                    // 429 as Cloudflare's HTML page
	FaultLimitGlobal                  // 429 as JSON with global: true
	FaultErrorJSON                    // Status (default 500) with a JSON body of Code and Message
	FaultErrorHTML                    // Status (default 502) with an HTML body
	FaultResetBefore                  // connection reset, nothing done
	FaultResetAfter                   // done, then connection reset
	FaultDropAfter                    // done, then connection closed without an answer
)

// Fault is armed with Server.Inject and fires on matching REST requests.
type Fault struct {
	Kind   FaultKind
	Method string         // "" = every method
	Path   *regexp.Regexp // matched against the path without /api/v10; nil = every path
	Skip   int            // this many matching requests pass first
	Count  int            // fires this often, then is gone; 0 = until removed

	Delay      time.Duration // waited before anything else, with every kind
	RetryAfter time.Duration // of the 429 kinds; default 1 s
	Scope      string        // of FaultLimitJSON: user (default), shared
	Status     int           // of the error kinds
	Code       int           // of FaultErrorJSON: Discord's code
	Message    string        // of FaultErrorJSON
}

// GatewayFaultKind says what goes wrong on the gateway.
type GatewayFaultKind int

// What the gateway can do to a bot.
const (
	GatewayRefuse        GatewayFaultKind = iota // the upgrade is answered 503
	GatewayNoHello                               // connected, but HELLO never comes
	GatewaySilence                               // heartbeats are not acknowledged, events stop
	GatewayLateReady                             // READY comes after Delay
	GatewayReconnect                             // op 7 right after READY (or RESUMED)
	GatewayResumeOp7                             // op 7 as the answer to RESUME
	GatewayResumeInvalid                         // op 9 as the answer to RESUME, d = Resumable
	GatewayIdentifyClose                         // the connection is closed with Code after IDENTIFY
	GatewayResumeClose                           // … after RESUME
	GatewayDuplicate                             // the next matching event is sent twice
	GatewayReorder                               // the next matching event is sent after its successor
)

// GatewayFault is armed with Server.InjectGateway.
type GatewayFault struct {
	Kind      GatewayFaultKind
	Count     int           // fires this often; 0 = until removed
	Delay     time.Duration // of GatewayLateReady
	Resumable bool          // of GatewayResumeInvalid
	Code      int           // close code of the close kinds
	Event     string        // of Duplicate and Reorder: event type; "" = every type
}
