package chatwoot

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	api "kefu/chatwoot"
)

// needed are the events that Kefu wants to be told of, as Chatwoot calls them in its settings.
func needed() []named {
	return []named{
		{api.EventMessageCreated, "Message created"}, {api.EventMessageUpdated, "Message updated"},
		{api.EventConversationCreated, "Conversation Created"}, {api.EventConversationUpdated, "Conversation Updated"},
		{api.EventConversationStatusChanged, "Conversation Status Changed"},
	}
}

type named struct{ event, name string }

func namesOf(list []named) string {
	names := make([]string, len(list))
	for i, n := range list {
		names[i] = n.name
	}
	return strings.Join(names, ", ")
}

// hookAddress is where Chatwoot must send hooks; shown has a name in place of the path's secret.
func (c *Connector) hookAddress() (address, shown string) {
	address = c.deps.PublicURL + "/hooks/" + string(c.id)
	shown = address
	if token := c.set.hookPathToken.Reveal(); token != "" {
		address += "/" + token
		shown += "/{hook_path_token}"
	}
	return address, shown
}

// hooks looks for whoever tells Kefu: the account's webhooks, and the inbox's bot.
func (p *probe) hooks(ctx context.Context) {
	p.signing()
	fromBot := p.botHook(ctx)
	if p.me == nil {
		if !fromBot {
			p.unseen("a bot's token cannot see webhooks")
		}
		return
	}
	list, err := p.c.user.Webhooks(ctx)
	switch {
	case refused(err) && !fromBot:
		p.unseen(fmt.Sprintf("%s is no administrator", p.me.Name))
	case err != nil && !refused(err):
		p.fail("webhook", "try again; look at Chatwoot's log", "the webhooks cannot be listed: %s", wordsOf(err))
	case err == nil:
		p.webhooks(list, fromBot)
	}
}

func (p *probe) unseen(why string) {
	_, shown := p.c.hookAddress()
	p.warn("webhook", "see that Settings, Integrations, Webhooks has "+shown+" with the events "+namesOf(needed()), "whether Chatwoot tells Kefu cannot be seen: %s", why)
}

// signing says what the server can, and what the settings want.
func (p *probe) signing() {
	s := p.c.set.signatures
	switch {
	case s == signaturesRequired && p.version.before(version{4, 12}):
		p.fail("signatures", "bring Chatwoot to 4.12 or later, or set signatures to off and hook_path_token to a random text",
			"this Chatwoot signs no hooks, and the setting signatures requires it: every hook is refused")
	case s == signaturesOff && p.version != version{} && !p.version.before(version{4, 12}):
		p.warn("signatures", "set hook_secret to the webhook's secret, and signatures to required", "hooks are believed by their path alone, and this Chatwoot can sign them")
	case s == signaturesRequired:
		p.ok("signatures", "hooks must be signed")
	default:
		p.ok("signatures", "%s: hooks are believed by their path", s)
	}
}

// webhooks judges the account's list.
func (p *probe) webhooks(list []api.Webhook, fromBot bool) {
	want, shown := p.c.hookAddress()
	ours := slices.DeleteFunc(slices.Clone(list), func(w api.Webhook) bool { return strings.TrimRight(w.URL, "/") != want })
	if len(ours) == 0 {
		if !fromBot {
			p.noWebhook(list, shown)
		}
		return
	}
	if len(ours) > 1 {
		p.warn("webhook", "delete all but one under Settings, Integrations, Webhooks", "%d webhooks go to %s: everything is told several times", len(ours), shown)
	}
	hook := ours[0]
	missing := slices.DeleteFunc(needed(), func(n named) bool { return slices.Contains(hook.Subscriptions, n.event) })
	switch {
	case !p.knows(hook.Secret):
		p.fail("webhook", "copy the secret that Chatwoot shows beside the webhook into hook_secret", "the webhook to %s signs with another secret than hook_secret: its hooks are refused", shown)
	case len(missing) > 0:
		p.fail("webhook", "edit the webhook under Settings, Integrations, Webhooks and tick: "+namesOf(missing), "the webhook to %s does not tell everything", shown)
	default:
		p.ok("webhook", "Chatwoot tells %s of everything", shown)
	}
}

// knows tells whether hook_secret is this one. A server that does not show it is believed.
func (p *probe) knows(s api.Secret) bool {
	return s.IsZero() || p.c.set.signatures == signaturesOff || s.Reveal() == p.c.set.hookSecret.Reveal()
}

// noWebhook tells a webhook to a wrong address from none. Addresses of others may hold secrets, so that only their hosts are shown.
func (p *probe) noWebhook(list []api.Webhook, shown string) {
	mend := "add one under Settings, Integrations, Webhooks: URL " + shown + ", events " + namesOf(needed())
	for _, w := range list {
		if u, err := url.Parse(w.URL); err == nil && strings.Contains(u.Path+"/", "/hooks/"+string(p.c.id)+"/") {
			p.fail("webhook", "make it "+shown+", or set public_url to where Kefu is", "a webhook goes to this inbox, but to another address: at %s, or with another path", u.Host)
			return
		}
	}
	p.fail("webhook", mend, "Chatwoot does not tell Kefu: what is written there arrives %s", p.late())
}

func (p *probe) late() string {
	if p.c.LookEvery() == 0 {
		return "never"
	}
	return "up to " + strings.Replace(p.c.LookEvery().String(), "m0s", "m", 1) + " late"
}

// botHook tells whether the inbox's bot sends its hooks to Kefu.
func (p *probe) botHook(ctx context.Context) bool {
	if p.me == nil || p.place == nil {
		return false
	}
	bot, err := p.c.user.InboxAgentBot(ctx, p.c.set.inboxID)
	if err != nil {
		return false // older servers, and owners without the right
	}
	if bot == nil {
		if p.c.set.bot {
			p.warn("bot", "give the inbox a bot under Settings, Inboxes, Bot configuration, or set bot to false",
				"the inbox has none in Chatwoot: its conversations begin open, and agents see them while Kefu's bot still answers")
		}
		return false
	}
	want, shown := p.c.hookAddress()
	if strings.TrimRight(bot.OutgoingURL, "/") != want {
		p.warn("bot", "make "+shown+" the bot's webhook URL, or take the bot out of the inbox", "%s answers in the inbox, and it is not Kefu", cmp.Or(bot.Name, "another bot"))
		return false
	}
	if !p.knows(bot.Secret) {
		p.fail("bot", "copy the bot's secret into hook_secret, and delete the account's webhook to Kefu, or leave the bot's webhook URL empty",
			"the bot %s signs with another secret than hook_secret: Chatwoot takes it for dead and opens its conversations", bot.Name)
		return false
	}
	if p.c.set.signatures == signaturesRequired && p.version.before(version{4, 13}) && !p.version.before(version{4, 12}) {
		p.fail("bot", "bring Chatwoot to 4.13 or later, or leave the bot's webhook URL empty and tell Kefu by a webhook of the account",
			"this Chatwoot does not sign what it sends to bots, and the setting signatures requires it: Chatwoot takes %s for dead and opens its conversations", bot.Name)
		return false
	}
	p.ok("bot", "%s tells %s", bot.Name, shown)
	return true
}

// reachable judges public_url as far as it can be judged from here.
func (p *probe) reachable() {
	u, err := url.Parse(p.c.deps.PublicURL)
	switch {
	case err != nil || u.Host == "":
		p.fail("public_url", "set public_url to the address at which Chatwoot reaches Kefu", "it is not set: Chatwoot cannot be told where to send hooks")
	case private(u.Hostname()) && !p.version.before(version{4, 14}):
		p.warn("public_url", "set SAFE_FETCH_ALLOW_PRIVATE_NETWORK=true in Chatwoot's environment, or give Kefu a public address",
			"%s is on a private network: Chatwoot since 4.14 sends no hooks there unless it is told to", u.Hostname())
	}
}
