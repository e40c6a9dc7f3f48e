package main

import "fmt"

// MigrateCmd is "mattebox migrate".
type MigrateCmd struct {
	DataFlags `embed:""`
	Check     bool `help:"Only say whether there is something to do: exit code 3 when there is."`
}

// Run brings the database to this program's schema.
func (c *MigrateCmd) Run(app *App) error {
	faults := app.newFaults()
	c.DataFlags.check(faults)
	if err := faults.err(); err != nil {
		return err
	}
	db, _, err := c.openDatabase(app.Context, app)
	if err != nil {
		return err
	}
	defer db.Close()
	switch {
	case c.Check:
		err = checkSchema(app.Context, db)
	case c.single():
		err = c.ensureSchema(app.Context, app, db)
	default:
		err = migrate(app.Context, db)
	}
	if err != nil {
		return err
	}
	if err := checkSchema(app.Context, db); err != nil {
		return err
	}
	fmt.Fprintln(app.Stdout, "the database is as this program needs it")
	return nil
}
