package api_test

import "net/http"

func agentSteps() []step {
	return []step{
		{op: "createAgent", body: `{"name":"Bo","email":"Bo@Example.com","role":"agent","password":"correct horse"}`, headers: []string{"Idempotency-Key", "agent"}, keep: "agent=id"},
		{op: "createAgent", body: `{"name":"Bo","email":"bo@example.com"}`, status: http.StatusConflict},
		{op: "createAgent", body: `{"name":"Cy","email":"cy@example.com","role":"supervisor"}`, keep: "other=id"},
		{op: "listAgents", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listAgents", query: "limit=1&cursor={cursor}"},
		{op: "listAgents", query: "role=agent&status=offline&active=true&q=bo"},
		{op: "getAgent", path: "{agent}"},
		{op: "updateAgent", path: "{agent}", body: `{"name":"Bob","password":null}`},
		{op: "bindAgentIdentity", path: "{agent}", body: `{"inbox_id":"api","external_id":"u1"}`},
		{op: "listAgentIdentities", path: "{agent}"},
		{op: "deleteAgent", path: "{other}"},
	}
}

func teamSteps() []step {
	return []step{
		{op: "createTeam", body: `{"name":"Sales","member_ids":["{agent}"]}`, keep: "team=id"},
		{op: "createTeam", body: `{"name":"Gone"}`, keep: "other=id"},
		{op: "listTeams", query: "q=sal"},
		{op: "getTeam", path: "{team}"},
		{op: "updateTeam", path: "{team}", body: `{"name":"Sales and service","member_ids":null}`},
		{op: "deleteTeam", path: "{other}"},
	}
}

func inboxSteps() []step {
	return []step{
		{op: "listChannels"},
		{op: "createInbox", body: `{"id":"shop-2","channel":"api","name":"Second shop"}`},
		{op: "createInbox", body: `{"id":"shop-3","channel":"nothing"}`, status: http.StatusUnprocessableEntity},
		{op: "listInboxes", query: "channel=api"},
		{op: "getInbox", path: "shop-2"},
		{op: "updateInbox", path: "shop-2", body: `{"name":null,"hours":{"zone":"Asia/Taipei","week":{"mon":"09:00-12:00,13:00-18:00","sat":"22:00-02:00"},"holidays":["01-01"]}}`},
		{op: "updateInbox", path: "shop-2", body: `{"hours":{"zone":"Asia/Nowhere","week":{"mon":"late"}}}`, status: http.StatusUnprocessableEntity},
		{op: "getInbox", path: "shop-2"},
		{op: "updateInbox", path: "shop-2", body: `{"hours":null}`},
		{op: "deleteInbox", path: "shop-2"},
	}
}

func cannedSteps() []step {
	return []step{
		{op: "createCannedResponse", body: `{"shortcut":"hello","content":"您好","locale":"zh-TW"}`, keep: "canned=id"},
		{op: "createCannedResponse", body: `{"shortcut":"hello","content":"您好","locale":"zh-TW"}`, status: http.StatusConflict},
		{op: "listCannedResponses", query: "q=hel&locale=zh-TW"},
		{op: "getCannedResponse", path: "{canned}"},
		{op: "updateCannedResponse", path: "{canned}", body: `{"content":"您好！","locale":null}`},
		{op: "deleteCannedResponse", path: "{canned}"},
	}
}

func attachmentSteps() []step {
	return []step{
		{op: "createAttachment", query: "name=a.txt", body: "hello", headers: []string{"Content-Type", "text/plain"}, keep: "attachment=id"},
		{op: "createAttachment", body: "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--b--\r\n",
			headers: []string{"Content-Type", "multipart/form-data; boundary=b"}},
		{op: "createAttachment", body: "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nhello\r\n--b--\r\n",
			headers: []string{"Content-Type", "multipart/form-data; boundary=b"}, status: http.StatusUnprocessableEntity},
		{op: "createAttachment", body: "--b\r\nContent-Disposition", headers: []string{"Content-Type", "multipart/form-data; boundary=b"}, status: http.StatusBadRequest},
		{op: "listAnnouncements"},
		{op: "createAnnouncement", body: `{"title":"Sale","content":"Today"}`, keep: "announcement=id"},
		{op: "getAnnouncement", path: "{announcement}"},
	}
}

func contactSteps() []step {
	return []step{
		{op: "createContact", body: `{"name":"Lin","email":"lin@example.com","phone":"0912","external_id":"c-1","attributes":{"level":"gold","n":{"a":[1]}}}`, keep: "person=id"},
		{op: "createContact", body: `{"external_id":"c-1"}`, status: http.StatusConflict},
		{op: "createContact", body: `{"name":"Lin again"}`, keep: "double=id"},
		{op: "listContacts", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listContacts", query: "limit=1&cursor={cursor}"},
		{op: "listContacts", query: "q=lin&email=lin@example.com&phone=0912&external_id=c-1&created_since=2020-01-01T00:00:00Z&updated_since=2020-01-01T00:00:00Z"},
		{op: "listContacts", query: "inbox=api"},
		{op: "getContact", path: "{person}"},
		{op: "updateContact", path: "{person}", body: `{"phone":null,"attributes":{"level":"silver"}}`},
		{op: "mergeContacts", path: "{double}", body: `{"into":"{person}"}`},
		{op: "unmergeContact", path: "{person}", body: `{"contact_id":"{double}"}`},
		{op: "unmergeContact", path: "{person}", body: `{"contact_id":"{double}"}`, status: http.StatusConflict},
		{op: "mergeContacts", path: "{double}", body: `{"into":"{person}"}`},
		{op: "exportContact", path: "{contact}"},
		{op: "eraseContact", path: "{person}", headers: []string{"Idempotency-Key", "erase"}},
		{op: "eraseContact", path: "{person}"},
		{op: "getContact", path: "{double}"},
	}
}

func auditSteps() []step {
	return []step{
		{op: "listAudit", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listAudit", query: "limit=1&cursor={cursor}"},
		{op: "listAudit", query: "actor={me}&action=agent.*&target={agent}&since=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z"},
	}
}
