package twilio

import (
	"net/url"
	"strings"
)

// retired says whether an address belongs to what Twilio has ended: Programmable Chat, and Flex's own channels and flows before
// Conversations. /v1/Interactions/{sid}/Channels is none of them.
func retired(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	if strings.HasPrefix(host, "chat.") && (host == "chat.twilio.com" || strings.HasSuffix(host, ".twilio.com")) {
		return true
	}
	for _, dead := range []string{"/v1/Channels", "/v1/FlexFlows", "/v1/WebChannels", "/v2/Services"} {
		if u.Path == dead || strings.HasPrefix(u.Path, dead+"/") {
			return true
		}
	}
	return strings.HasPrefix(u.Path, "/v1/Services/") && strings.Contains(u.Path, "/Channels")
}
