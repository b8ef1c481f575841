// Package twilio is a client of the parts of Twilio that Kefu needs: Conversations v1 with its media, Flex Interactions v1, and the few reads
// of TaskRouter and of the account by which doctor finds mistakes. It checks the signatures of Twilio's webhooks, and cuts texts to what a
// short message carries.
//
// It is ground: it knows nothing of conversations of Kefu or of deliveries, and imports the standard library only.
//
// Client makes one HTTP request per call (EnsureConversation, EnsureParticipant and DownloadMedia a few). It never retries and never
// sleeps: a failure is an *APIError, which says how long Twilio asked us to wait, and whether the request may have taken effect all the
// same.
//
// Invariants: no request goes to Programmable Chat or to Flex's old channels and flows, which Twilio has ended, whatever the settings say;
// secrets and signed addresses of media appear in no error; the credentials are sent to no host but those of the settings; every call ends
// when its context does; bodies are bounded both ways.
//
// A Client is safe for concurrent use. The functions about signatures and texts are pure.
package twilio
