package twilio

import (
	"fmt"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/secret"
	api "kefu/internal/twilio"
)

// Values of settings.
const (
	routingKefu   = "kefu"
	routingStudio = "studio"
	defaultType   = "web"
	defaultSweep  = "5m"
)

// settings are an inbox's settings, checked.
type settings struct {
	inbox       kefu.InboxID
	account     string
	token       secret.Text // signs hooks, also where an API key calls
	key         secret.Text
	keySecret   secret.Text
	service     string // "" is the account's default service
	messaging   string
	workspace   string
	workflow    string
	numbers     []string // of ours that the inbox is there for; empty: all
	bot         bool
	channelType string
	routing     string
	flow        string
	bases       bases
	lang        kefu.Locale
	sweepEvery  time.Duration
}

// bases are the addresses of Twilio's services; "" is Twilio's own.
type bases struct{ conversations, flex, studio, taskrouter, api, mcs string }

// Format writes nothing of the settings: fmt looks into unexported fields without asking their types, secrets too.
func (s settings) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "(settings of inbox %s)", s.inbox)
}

// desk tells whether staff answer here.
func (s settings) desk() bool { return s.workflow != "" || s.routing == routingStudio }

// options are those of the client.
func (s settings) options(deps connector.Deps) api.Options {
	o := api.Options{Account: s.account, Secret: api.Secret(s.token.Reveal()), HTTP: deps.Operator, Bases: api.Bases{
		Conversations: s.bases.conversations, Flex: s.bases.flex, Media: s.bases.mcs, TaskRouter: s.bases.taskrouter, Studio: s.bases.studio, API: s.bases.api,
	}}
	if s.key != "" {
		o.Key, o.Secret = s.key.Reveal(), api.Secret(s.keySecret.Reveal())
	}
	return o
}

func baseNames() []string {
	return []string{"conversations", "flex", "studio", "taskrouter", "api", "mcs"}
}

func fields() []connector.Field {
	list := []connector.Field{
		field("account_sid", "string", "", "帳號 SID", "账号 SID", "Account SID", "The account's SID, AC…, from Twilio's console."),
		field("auth_token", "secret", "", "驗證權杖", "验证令牌", "Auth token", "The account's primary auth token: Twilio signs its webhooks with it, and it calls where no API key does."),
		field("api_key", "secret", "", "API 金鑰 SID", "API 密钥 SID", "API key SID", "SID of an API key, SK…, to call with instead of the auth token; then api_secret is needed."),
		field("api_secret", "secret", "", "API 金鑰密碼", "API 密钥密码", "API key secret", "The secret of api_key."),
		field("service_sid", "string", "", "Conversations 服務 SID", "Conversations 服务 SID", "Conversations service SID", "The service of Conversations, IS…; hooks of other services are ignored. Empty: the account's default."),
		field("messaging_service_sid", "string", "", "簡訊服務 SID", "短信服务 SID", "Messaging service SID", "The service that sends texts, MG…, if not the default one."),
		field("numbers", "list", "", "號碼", "号码", "Numbers", "Our numbers that customers write to, such as +12025550100, if only some belong to this inbox."),
		field("bot", "bool", "false", "機器人先回答", "机器人先回答", "Bot answers first", "The bot answers who writes, until they ask for a person."),
		field("workspace_sid", "string", "", "TaskRouter 工作區 SID", "TaskRouter 工作区 SID", "Workspace SID", "Flex's workspace of TaskRouter, WS…; with workflow_sid this inbox is a desk."),
		field("workflow_sid", "string", "", "TaskRouter 工作流程 SID", "TaskRouter 工作流 SID", "Workflow SID", "The workflow that finds the agent, WW…."),
		field("channel_type", "string", defaultType, "Flex 顯示的管道", "Flex 显示的渠道", "Channel type", "What Flex shows a desk conversation as: web, chat, sms or whatsapp."),
		field("routing", "string", routingKefu, "分派方式", "分配方式", "Routing", "kefu: Kefu decides whether its bot or a person answers; studio: a flow of Studio does."),
		field("flow_sid", "string", "", "Studio 流程 SID", "Studio 流程 SID", "Studio flow SID", "The flow of Studio, FW…; with routing studio."),
		field("default", "bool", "false", "預設收件匣", "默认收件箱", "Default", "Also answers /forward-to-discord and /chatbot-to-discord at the root."),
		field("base_urls", "map", "", "服務位址", "服务地址", "Addresses", "Other addresses of Twilio's services, as of another region: conversations, flex, studio, taskrouter, api, mcs."),
		field("lang", "string", string(kefu.LocaleTaiwan), "語言", "语言", "Language", "What is written into Twilio: zh-TW, zh-CN or en."),
		field("sweep_every", "duration", defaultSweep, "比對間隔", "比对间隔", "Compare every", "How often open conversations are read although no hook came; 0 never."),
	}
	for i := range list {
		list[i].Required = list[i].Name == "account_sid" || list[i].Name == "auth_token"
		if list[i].Name == "base_urls" {
			list[i].Members = baseNames()
		}
	}
	return list
}

func field(name, kind, preset, tw, cn, en, doc string) connector.Field {
	return connector.Field{Name: name, Type: kind, Default: preset, Doc: doc, Label: map[string]string{"zh-TW": tw, "zh-CN": cn, "en": en}}
}
