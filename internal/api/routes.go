package api

import "net/http"

// route is one line of the route list. open says why it needs no credentials of Kefu's own.
type route struct {
	pattern string
	handler http.Handler
	open    string
}

func (s *server) routes() []route {
	list := []route{
		{"/ticket/{action}", s.rootHook(s.Default), "the connector verifies it"},
		{"/forward-to-discord", s.rootHook(s.DefaultFlex), "the connector verifies it"},
		{"/chatbot-to-discord", s.rootHook(s.DefaultFlex), "the connector verifies it"},
		{"/hooks/{inbox}", http.HandlerFunc(s.inboxHook), "the connector verifies it"},
		{"/hooks/{inbox}/{path...}", http.HandlerFunc(s.inboxHook), "the connector verifies it"},
		{"GET /files/", s.Files, "the link is signed"},
		{"GET /healthz", http.HandlerFunc(s.healthz), "says only that the process lives"},
		{"GET /readyz", http.HandlerFunc(s.readyz), "says how the process is, without names of people or secrets"},
		{"GET /metrics", s.Metrics, "figures only"},
		{"/", http.HandlerFunc(s.nowhere), "says that there is nothing"},
	}
	if s.Auth != nil {
		list = append(list, route{base + "/", s.v1(), "its own list says what each operation needs"})
	}
	if s.Socket != nil {
		list = append(list, route{"GET /ws", s.Socket, "the line's own door asks who comes"})
	}
	if s.Accounts != nil {
		list = append(list, s.oauthRoutes()...)
	}
	return list
}
