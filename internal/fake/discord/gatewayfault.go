package discord

import "time"

// GatewayFaultKind says what goes wrong on the gateway.
type GatewayFaultKind int

// What the gateway can do to a bot.
const (
	GatewayRefuse        GatewayFaultKind = iota // the upgrade is answered 503
	GatewayNoHello                               // connected, but HELLO never comes
	GatewaySilence                               // from the next heartbeat on, no ACKs and no events on that connection
	GatewayLateReady                             // READY comes after Delay
	GatewayReconnect                             // op 7 right after READY (or RESUMED)
	GatewayResumeOp7                             // op 7 as the answer to RESUME
	GatewayResumeInvalid                         // op 9 as the answer to RESUME, d = Resumable
	GatewayIdentifyClose                         // the connection is closed with Code after IDENTIFY
	GatewayResumeClose                           // … after RESUME
	GatewayDuplicate                             // the next matching event comes twice, under two sequence numbers
	GatewayReorder                               // the next matching event comes after its successor
)

// gatewayFaultNames are the kinds' names on the control page.
var gatewayFaultNames = []string{"refuse", "no-hello", "silence", "late-ready", "reconnect", "resume-op7",
	"resume-invalid", "identify-close", "resume-close", "duplicate", "reorder"}

// String is the kind's name, e.g. "resume-op7".
func (k GatewayFaultKind) String() string {
	if k < 0 || int(k) >= len(gatewayFaultNames) {
		return "unknown"
	}
	return gatewayFaultNames[k]
}

// GatewayFault is armed with Server.InjectGateway.
type GatewayFault struct {
	Kind      GatewayFaultKind
	Count     int           // fires this often; 0 = until removed
	Delay     time.Duration // of GatewayLateReady
	Resumable bool          // of GatewayResumeInvalid
	Code      int           // close code of the close kinds; 0 cuts the socket
	Event     string        // of Duplicate and Reorder: event type, e.g. "MESSAGE_CREATE"; "" = every type
}
