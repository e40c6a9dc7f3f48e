package postgres

import (
	"strings"
	"testing"
	"time"

	"mattebox"
	"mattebox/internal/pgtest"
	"mattebox/store"
)

// TestUploadOfAStartIsNotRetired holds a start back before it has written anything: its
// upload must not be taken for one that nobody uses.
func TestUploadOfAStartIsNotRetired(t *testing.T) {
	db := opened(t, pgtest.URL(t))
	defer db.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(store.Migrate(t.Context(), db))
	sealing, err := store.ParseKeys(strings.Repeat("0f", 32))
	must(err)
	s := store.New(db, sealing, deaf{}, time.Now)
	s.Prices = mattebox.FlatPrices(mattebox.Money{Cents: 95, Currency: mattebox.USD})
	a, _, err := s.CreateAccount(t.Context(), mattebox.Account{Email: "a@example.com", DaysOfCredit: 30})
	must(err)
	keys, err := s.VideoKeys(t.Context(), a.ID)
	must(err)
	u, err := s.AddUpload(t.Context(), mattebox.Upload{
		UID: mattebox.NewUploadUID(), Account: a.ID, Key: keys[0].ID, Name: "a.mp4", MediaType: "video/mp4", Bytes: 1, BlobKey: "1/a", Clip: &mattebox.Clip{Duration: time.Second},
	})
	must(err)
	j, err := s.CreateJob(t.Context(), mattebox.NewJob{
		Account: a.ID, Key: keys[0].ID, Order: mattebox.JobOrder{Upload: u.UID, Model: mattebox.ModelLight, Format: mattebox.FormatWebM},
	})
	must(err)

	other, err := db.Writer.BeginTx(t.Context(), nil)
	must(err)
	defer other.Rollback()
	_, err = other.ExecContext(t.Context(), `SELECT id FROM accounts FOR UPDATE`)
	must(err)
	started := make(chan error, 1)
	go func() {
		_, err := s.StartJob(t.Context(), keys[0].ID, mattebox.JobStart{UID: j.UID})
		started <- err
	}()
	for waits := false; !waits; { // the test's own time limit ends it
		must(db.Reader.QueryRowContext(t.Context(), `SELECT COUNT(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waits))
	}
	retired, err := s.RetireUploads(t.Context(), time.Now().Add(time.Hour), 10)
	must(err)
	if len(retired) != 0 {
		t.Errorf("retired %+v", retired)
	}
	must(other.Rollback())
	must(<-started)
	if _, err := s.Upload(t.Context(), keys[0].ID, u.UID); err != nil {
		t.Error(err)
	}
}
