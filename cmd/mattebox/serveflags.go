package main

// ServeCmd is "mattebox serve". Its fields are what the operator typed; settings
// makes values of them.
type ServeCmd struct {
	DataFlags      `embed:""`
	HTTPFlags      `embed:"" group:"http"`
	WorkFlags      `embed:"" group:"work"`
	OrderFlags     `embed:"" group:"orders"`
	VideoAPIFlags  `embed:"" group:"video"`
	VideoWorkFlags `embed:"" group:"video"`
	MoneyFlags     `embed:"" group:"money"`
	ProcessFlags   `embed:"" group:"process"`
}

// HTTPFlags say where and how the service listens.
type HTTPFlags struct {
	Listen         string   `help:"Address of the API; port 0 takes a free one. Default: ${default}." env:"MATTEBOX_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	PublicURL      string   `name:"public-url" help:"Address under which customers reach the service, for links in webhooks. Default: that of --listen." env:"MATTEBOX_PUBLIC_URL" placeholder:"URL"`
	TLSCert        string   `name:"tls-cert" help:"Certificate chain (PEM); read again when it changes." env:"MATTEBOX_TLS_CERT" placeholder:"FILE"`
	TLSKey         string   `name:"tls-key" help:"Key of the certificate (PEM)." env:"MATTEBOX_TLS_KEY" placeholder:"FILE"`
	TrustedProxy   []string `help:"Network of a proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; may be given several times." env:"MATTEBOX_TRUSTED_PROXY" placeholder:"CIDR"`
	MetricsListen  string   `help:"Address of /metrics, /livez and /readyz for operators; off for none. Default: ${default}." env:"MATTEBOX_METRICS_LISTEN" default:"127.0.0.1:9090" placeholder:"HOST:PORT|off"`
	MaxConnections string   `help:"Connections open at a time; more wait. Default: ${default}." env:"MATTEBOX_MAX_CONNECTIONS" default:"4096" placeholder:"N"`
	MaxRequests    string   `help:"Requests in hand at a time; more are answered 503. Default: ${default}." env:"MATTEBOX_MAX_REQUESTS" default:"1024" placeholder:"N"`
	Datacontract   bool     `help:"Answer XML in the namespaces and the order of the vendor's own service." env:"MATTEBOX_DATACONTRACT"`
}

// WorkFlags say what the process does and how much of it at a time.
type WorkFlags struct {
	OutsideFlags `embed:""`
	Roles        []string `help:"api (answers requests) and worker (downloads, produces, delivers). Both by default; one of them needs --database." env:"MATTEBOX_ROLES" default:"api,worker" placeholder:"ROLES"`
	Engines      string   `help:"Pictures produced at a time, each in a process of its own. Default: one for each core, as far as 1.5 GiB of memory for each allow." env:"MATTEBOX_ENGINES" placeholder:"N"`
	EngineMemory string   `help:"Memory after which an engine process is replaced; twice as much ends it at once. Default: ${default}." env:"MATTEBOX_ENGINE_MEMORY" default:"2GiB" placeholder:"SIZE"`
	Model        string   `help:"Large network to use instead of isnet; see: mattebox model list." env:"MATTEBOX_MODEL" placeholder:"NAME" predictor:"network"`
	Downloads    string   `help:"Pictures downloaded at a time. Default: ${default}." env:"MATTEBOX_DOWNLOADS" default:"8" placeholder:"N"`
	Deliveries   string   `help:"Webhooks sent at a time. Default: ${default}." env:"MATTEBOX_DELIVERIES" default:"64" placeholder:"N"`
	ProductWait  string   `help:"How long an image with a productId waits for others of its product, to be produced with them. Default: ${default}." env:"MATTEBOX_PRODUCT_WAIT" default:"10s" placeholder:"TIME"`
	MinFreeDisk  string   `help:"Free space below which no image is taken. Default: ${default}." env:"MATTEBOX_MIN_FREE_DISK" default:"1GiB" placeholder:"SIZE"`
	MaxWaiting   string   `help:"Images waiting for download or production above which no image is taken. Default: ${default}." env:"MATTEBOX_MAX_WAITING" default:"200000" placeholder:"N"`
}

// OrderFlags say what an image costs and how long it is kept.
type OrderFlags struct {
	PriceFlags `embed:""`
	LinkValid  string `help:"How long the signed address of a result, an invoice or a payment holds. Default: ${default}." env:"MATTEBOX_LINK_VALID" default:"168h" placeholder:"TIME"`
	CloseAfter string `help:"Days after its end that an image is closed and cannot be rejected any more; 0 for never. Default: ${default}." env:"MATTEBOX_CLOSE_AFTER" default:"30" placeholder:"DAYS"`
	CleanAfter string `help:"Days after it is closed that an image's files are removed; 0 for never. Default: ${default}." env:"MATTEBOX_CLEAN_AFTER" default:"60" placeholder:"DAYS"`
}

// ProcessFlags say how the process starts, tells of itself and ends.
type ProcessFlags struct {
	Migrate   bool   `help:"Bring a PostgreSQL database to this program's schema at the start; SQLite's always is." env:"MATTEBOX_MIGRATE"`
	LogFormat string `help:"text or json, on stderr. Default: ${default}." env:"MATTEBOX_LOG_FORMAT" default:"text" placeholder:"FORMAT"`
	LogLevel  string `help:"debug, info, warn or error. Default: ${default}." env:"MATTEBOX_LOG_LEVEL" default:"info" placeholder:"LEVEL"`
	Grace     string `help:"How long the end may take: requests are answered, work in hand is finished or handed back. Default: ${default}." env:"MATTEBOX_GRACE" default:"30s" placeholder:"TIME"`
}
