package api_test

import (
	"net/http"
	"slices"
)

// steps drives every operation, in an order in which it can be done. A resource's steps stand together.
func steps() []step {
	return slices.Concat(
		labelSteps(),
		searchSteps(),
		agentSteps(),
		teamSteps(),
		inboxSteps(),
		cannedSteps(),
		attachmentSteps(),
		conversationSteps(),
		messageSteps(),
		ticketSteps(),
		ratingSteps(),
		contactSteps(),
		auditSteps(),
		statusSteps(),
		programSteps("APIKey"),
		programSteps("SigningKey"),
		programSteps("OAuthClient"),
		roleSteps(),
		sessionSteps(),
		webhookSteps(),
		alertSteps(),
		articleSteps(),
		endSteps(),
		loginSteps(),
	)
}

func labelSteps() []step {
	return []step{
		{op: "createLabel", body: `{"name":"退貨","color":"#ff0000","description":"x"}`, headers: []string{"Idempotency-Key", "label"}, keep: "label=id"},
		{op: "createLabel", body: `{"name":"bare"}`, keep: "other=id"},
		{op: "listLabels", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listLabels", query: "limit=200&cursor={cursor}"},
		{op: "getLabel", path: "{label}"},
		{op: "updateLabel", path: "{label}", body: `{"color":null,"description":"y"}`},
		{op: "deleteLabel", path: "{other}"},
	}
}

func statusSteps() []step {
	return []step{
		{op: "setAgentStatus", path: "{me}", body: `{"status":"busy"}`},
		{op: "getAgentStatus", path: "{me}"},
	}
}

func conversationSteps() []step {
	return []step{
		{op: "startConversation", body: `{"contact":{"name":"王小明","email":"ming@example.com"},"subject":"Refund","content":"你好","priority":"high","labels":["退貨"]}`,
			headers: []string{"Idempotency-Key", "begin"}, keep: "conversation=id contact=contact_id"},
		{op: "startConversation", body: `{"contact_id":"{contact}"}`, keep: "second=id"},
		{op: "getConversation", path: "{conversation}"},
		{op: "listConversations", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listConversations", query: "limit=1&cursor={cursor}"},
		{op: "listConversations", query: "status=open&inbox=api&channel=api&assignee=none&label=%E9%80%80%E8%B2%A8&priority=high&contact={contact}" +
			"&updated_since=2020-01-01T00:00:00Z&q=refund"},
		{op: "claimConversation", path: "{conversation}", body: `{}`},
		{op: "updateConversation", path: "{conversation}", body: `{"priority":"urgent","subject":"Refund of A-1001","snoozed_until":null,"labels":["退貨"],"status":"pending"}`},
		{op: "handOffConversation", path: "{second}", body: `{"to":"queue","reason":"lunch"}`},
		{op: "transferConversation", path: "{second}", body: `{"agent_id":"{me}","note":"yours"}`},
	}
}

func messageSteps() []step {
	return []step{
		{op: "sendMessage", body: `{"conversation_id":"{conversation}","content":"on its way"}`, headers: []string{"Idempotency-Key", "send"}, keep: "message=id"},
		{op: "sendMessage", body: `{"conversation_id":"{conversation}","content":"a note","private":true}`},
		{op: "sendMessage", body: `{"conversation_id":"{conversation}","content":"see this","content_type":"file","attachments":[{"id":"{attachment}"}]}`},
		{op: "sendMessage", body: `{"conversation_id":"{conversation}","content_type":"form","content":"請填寫","form":{"title":"退貨申請","fields":[` +
			`{"name":"order","label":"訂單編號","type":"text","required":true,"placeholder":"A-1001"},` +
			`{"name":"why","label":"原因","type":"select","default":"size","options":[{"label":"損壞","value":"broken"},{"label":"不合身","value":"size"}]}]}}`, keep: "form=id"},
		{op: "createContactSession", path: "{contact}", body: `{}`, keep: "visitor=token"},
		{op: "sendMessage", body: `{"answer":{"message_id":"{form}","values":{"order":"A-1001","why":"損壞"}}}`, keep: "filled=id",
			headers: []string{"Authorization", "Bearer {visitor}"}},
		{op: "getMessage", path: "{form}"},
		{op: "getMessage", path: "{filled}"},
		{op: "sendMessage", body: `{"conversation_id":"{conversation}","content_type":"choice","content":"怎麼處理？","choices":[{"label":"退款","value":"refund"}]}`},
		{op: "sendMessage", body: `{"conversation_id":"{conversation}","content_type":"order_card","order":{"order_id":1001,"status":"shipped","create_time":"2026-11-01 10:00",` +
			`"amount":199.50,"currency":"TWD","items":[{"name":"鞋","quantity":1,"price":"199.50"}]}}`},
		{op: "listMessages", path: "{conversation}", query: "limit=1&order=newest", keep: "cursor=next_cursor"},
		{op: "listMessages", path: "{conversation}", query: "limit=1&order=newest&cursor={cursor}"},
		{op: "listMessages", path: "{conversation}", query: "after=1"},
		{op: "getMessage", path: "{message}"},
		{op: "updateMessage", path: "{message}", body: `{"content":"on its way, I think"}`},
		{op: "readConversation", path: "{conversation}", body: `{"seq":1}`},
		{op: "retryMessage", path: "{message}", status: http.StatusConflict}, // nothing of it failed
		{op: "recallMessage", path: "{message}"},
	}
}

func webhookSteps() []step {
	return []step{
		{op: "createWebhook", body: `{"name":"倉庫","url":"https://hooks.example.com/kefu?key=1","events":["message.*","ticket.created","alert.raised"],"timeout":10,
"authentication":{"type":"basic","username":"kefu","password":"open sesame"},"headers":[{"name":"X-Api-Key","value":"abc"}],"timestamp_format":"unix"}`,
			headers: []string{"Idempotency-Key", "hook"}, keep: "webhook=id"},
		{op: "createWebhook", body: `{"name":"bare","url":"http://127.0.0.1:9/","events":["*"],"secret":"my-shared-secret-0123456789"}`, keep: "other=id"},
		{op: "listWebhooks", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listWebhooks", query: "limit=200&cursor={cursor}"},
		{op: "listWebhookEventTypes"},
		{op: "getWebhook", path: "{webhook}"},
		{op: "updateWebhook", path: "{webhook}", body: `{"description":"stock","events":["*"],"schedule":"extended","rate_limit":10,"max_in_flight":null,"headers":[],"enabled":false}`},
		{op: "updateWebhook", path: "{webhook}", body: `{"authentication":{"type":"bearer","token":"abc"},"enabled":true}`},
		{op: "promoteWebhook", path: "{webhook}", status: http.StatusConflict}, // nothing is prepared
		{op: "rotateWebhook", path: "{webhook}"},
		{op: "rotateWebhook", path: "{webhook}", body: `{"secret":"my-shared-secret-0123456789"}`},
		{op: "promoteWebhook", path: "{webhook}"},
		{op: "testWebhook", path: "{other}", headers: []string{"Idempotency-Key", "test"}, keep: "delivery=id"},
		{op: "listWebhookDeliveries", query: "limit=1&endpoint_id={other}&state=failed&event=webhook.test&cause=test&since=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z"},
		{op: "getWebhookDelivery", path: "{delivery}"},
		{op: "retryWebhookDelivery", path: "{delivery}", status: http.StatusConflict}, // it was a test
		{op: "retryWebhookDeliveries", body: `{"ids":["{delivery}","whd_999"]}`},
		{op: "replayWebhook", path: "{other}", body: `{"events":["message.*"],"status":"any","since":"2020-01-01T00:00:00Z","per_second":10}`, keep: "replay=id"},
		{op: "replayWebhook", path: "{other}", status: http.StatusConflict}, // one is running
		{op: "listWebhookReplays", query: "endpoint_id={other}&limit=1"},
		{op: "getWebhookReplay", path: "{replay}"},
		{op: "cancelWebhookReplay", path: "{replay}"},
		{op: "deleteWebhook", path: "{other}"},
	}
}

// endSteps are what can be done last to what the others made.
func endSteps() []step {
	return []step{
		{op: "listEvents", query: "since=0&limit=200"},
		{op: "listEvents", query: "since=0&types=message.*&wait=0"},
		{op: "endConversation", path: "{second}"},
	}
}

// programSteps are those of each kind of credential of programs.
func programSteps(kind string) []step {
	id := "{" + kind + "}"
	return []step{
		{op: "create" + kind, body: `{"name":"shop","scopes":["labels:read","messages:*"],"addresses":["10.0.0.0/8"],"expires_at":"2099-01-01T00:00:00Z"}`,
			headers: []string{"Idempotency-Key", kind}, keep: kind + "=id"},
		{op: "list" + kind + "s", query: "limit=1"},
		{op: "get" + kind, path: id},
		{op: "update" + kind, path: id, body: `{"name":"shops","addresses":null,"inbox_ids":["api"],"expires_at":null}`},
		{op: "rotate" + kind, path: id},
		{op: "revoke" + kind, path: id},
	}
}

func roleSteps() []step {
	return []step{
		{op: "listRoles"},
		{op: "getRole", path: "agent"},
		{op: "updateRole", path: "agent", body: `{"addresses":["10.0.0.0/8","::1"]}`},
		{op: "updateRole", path: "agent", body: `{"addresses":null}`},
	}
}

func sessionSteps() []step {
	return []step{
		{op: "createContactSession", path: "{contact}", body: `{"expires_in":600}`},
		{op: "endContactSessions", path: "{contact}"},
		{op: "createTicket"},
	}
}

func loginSteps() []step {
	return []step{
		{op: "login", body: `{"email":"{email}","password":"{password}"}`, keep: "refresh=refresh_token access=access_token"},
		{op: "me", headers: []string{"Authorization", "Bearer {access}"}},
		{op: "refresh", body: `{"refresh_token":"{refresh}"}`, keep: "refresh=refresh_token access=access_token"},
		{op: "changePassword", body: `{"current_password":"{password}","password":"another long one"}`, headers: []string{"Authorization", "Bearer {access}"}},
		{op: "logout", body: `{"refresh_token":"{refresh}"}`},
	}
}
