package connect

import (
	"kefu/internal/connect/chatwoot"
	"kefu/internal/connect/discord"
	"kefu/internal/connect/program"
	"kefu/internal/connect/twilio"
	"kefu/internal/connect/wordpress"
	"kefu/internal/connector"
)

// All gives a factory for every channel there is.
func All() []connector.Factory {
	return []connector.Factory{wordpress.Factory{}, discord.Factory{}, chatwoot.Factory{}, twilio.Factory{}, program.Factory{}}
}

// Descriptors describes every channel there is.
func Descriptors() []connector.Descriptor {
	factories := All()
	kinds := make([]connector.Descriptor, 0, len(factories))
	for _, f := range factories {
		kinds = append(kinds, f.Describe())
	}
	return kinds
}
