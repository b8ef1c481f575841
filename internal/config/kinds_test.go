package config

import "kefu/internal/connector"

// testKinds are channels with a field of every type; what the real ones need is theirs to say.
func testKinds() []connector.Descriptor {
	return []connector.Descriptor{
		{
			Kind: "wordpress", Title: map[string]string{"en": "WordPress"}, Customer: true,
			Fields: []connector.Field{
				{Name: "site_url", Type: "string", Doc: "The site."},
				{Name: "username", Type: "string"},
				{Name: "application_password", Type: "secret"},
				{Name: "hook_secret", Type: "secret"},
				{Name: "allow_unsigned_from", Type: "list"},
				{Name: "default", Type: "bool", Default: "false"},
				{Name: "sweep_every", Type: "duration", Default: "5m"},
			},
		},
		{
			Kind: "discord", Title: map[string]string{"en": "Discord"}, Customer: true, Desk: true,
			Fields: []connector.Field{
				{Name: "token", Type: "secret", Required: true},
				{Name: "guild_id", Type: "string", Required: true},
				{Name: "agent_roles", Type: "list"},
				{Name: "talk", Type: "string", Default: "relay"},
				{Name: "community", Type: "map", Members: []string{"bug_channel", "feeds", "quiet", "share", "none", "a"}},
			},
		},
		{
			Kind: "twilio", Title: map[string]string{"en": "Twilio"}, Customer: true, Desk: true,
			Fields: []connector.Field{
				{Name: "auth_token", Type: "secret", Required: true},
				{Name: "eu_token", Type: "secret"},
				{Name: "base_urls", Type: "map"},
			},
		},
		{Kind: "pager", Desk: true},
	}
}
