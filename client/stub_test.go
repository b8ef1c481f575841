package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/coder/websocket"
)

// startKefu is a server for the examples: just enough of one. The real program is held against this client by the end-to-end tests.
func startKefu() *httptest.Server {
	mux := http.NewServeMux()
	write := func(w http.ResponseWriter, status int, tag, body string) {
		w.Header().Set("Content-Type", "application/json")
		if tag != "" {
			w.Header().Set("ETag", tag)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
	mux.HandleFunc("GET /api/v1/conversations", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") == "" {
			write(w, http.StatusOK, "", `{"items":[{"id":"cnv_1","subject":"退貨"},{"id":"cnv_2","subject":"運費"}],"next_cursor":"b"}`)
			return
		}
		write(w, http.StatusOK, "", `{"items":[{"id":"cnv_3","subject":"發票"}]}`)
	})
	mux.HandleFunc("POST /api/v1/conversations", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusCreated, `"1"`, `{"id":"cnv_4","subject":"退貨","status":"open","ticket":{"number":4}}`)
	})
	mux.HandleFunc("POST /api/v1/conversations/{id}/claim", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusConflict, "", `{"status":409,"code":"conflict","detail":"Amy has it","errors":[{"field":"assignee_id","detail":"agt_1"}]}`)
	})
	mux.HandleFunc("GET /api/v1/conversations/{id}", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, `"1"`, `{"id":"cnv_1","status":"open"}`)
	})
	mux.HandleFunc("PUT /api/v1/conversations/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-Match") != `"2"` {
			write(w, http.StatusPreconditionFailed, "", `{"status":412,"code":"precondition","detail":"it was changed since you read it"}`)
		}
	})
	mux.HandleFunc("GET /api/v1/articles/search", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, "", `{"items":[{"id":"art_1","title":"如何退貨","score":0.92,"excerpt":"七天內可以退貨","marks":[{"start":5,"end":7}],"url":"https://shop.example/returns"},
{"id":"art_2","title":"退貨運費","score":0.41,"excerpt":"退貨的運費由本店負擔","marks":[{"start":0,"end":2}],"url":""}]}`)
	})
	mux.HandleFunc("POST /api/v1/tickets", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusCreated, `"1"`, `{"id":"tkt_1","number":17,"external_id":"T-1001","status":"pending","existing":false}`)
	})
	mux.HandleFunc("PUT /api/v1/tickets/T-1001/status", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, `"2"`, `{"applied":true,"handler":"warehouse","handler_known":false,"ticket":{"id":"tkt_1","number":17,"status":"processing","handler":"warehouse"}}`)
	})
	mux.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		for {
			var f struct {
				Type, ID string
				Data     struct {
					Since   *int64
					Content string
				}
			}
			_, raw, err := ws.Read(context.Background())
			if err != nil || json.Unmarshal(raw, &f) != nil {
				return
			}
			out := ""
			switch {
			case f.Type == "ping":
				out = `{"type":"pong","timestamp":1635232823,"position":6}`
			case f.Type == "subscribe" && f.Data.Since != nil:
				out = `{"type":"message","action":"new","position":7,"data":{"message_id":"msg_1","conversation_id":"cnv_1","seq":1,"from":"con_1","to":"","content":"有人在嗎？","content_type":"text","timestamp":1635232823,"sender":{"type":"contact","id":"con_1","name":"王小明"}}}`
			case f.Type == "message":
				out = fmt.Sprintf(`{"type":"ack","id":%q,"data":{"message_id":"msg_2","conversation_id":"cnv_1","seq":2}}`, f.ID)
			}
			if out != "" && ws.Write(context.Background(), websocket.MessageText, []byte(out)) != nil {
				return
			}
		}
	})
	return httptest.NewServer(mux)
}
