package api

import "net/http"

func (s *server) healthz(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": CheckOK})
}

type readiness struct {
	Status string  `json:"status"`
	Checks []Check `json:"checks"`
}

// readyz is 200 when database, migrations and workers are well. A remote that is down degrades a check, not the process.
func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	out := readiness{Status: CheckOK, Checks: s.Ready(r.Context())}
	status := http.StatusOK
	for _, c := range out.Checks {
		switch {
		case c.Status == CheckFail:
			out.Status, status = CheckFail, unready
		case c.Status == CheckDegraded && out.Status == CheckOK:
			out.Status = CheckDegraded
		}
	}
	writeJSON(w, status, out)
}
