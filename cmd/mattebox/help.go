package main

// appHelp is printed above the commands.
const appHelp = `Mattebox cuts the subjects of pictures out of their backgrounds, on this machine.

Exit codes:
    0  everything was done
    1  something failed, or was left out because its result was there already
    2  the command line asks for what cannot be
    3  nothing could be done because something is not installed
  130  interrupted, which is also how --watch ends

Begin with:
  mattebox model install        bring the networks and the runtime here, once
  mattebox remove photo.jpg     make photo-cutout.png
  mattebox serve                run the service, with its API and webhooks`

// Help is printed below the flags of "mattebox remove".
func (*RemoveCmd) Help() string {
	return `Pictures are JPEG, PNG, TIFF, WebP, HEIC, AVIF, BMP or GIF files (the first frame of an animation). Folders and patterns leave out hidden files, files that are no pictures, and the results of earlier runs.

Results are never overwritten without --force, and sources never. A file appears under its name only when it is complete.

Examples:

    mattebox remove photo.jpg                           photo-cutout.png beside it
    mattebox remove photo.jpg -o white.jpg              on white, as JPG
    mattebox remove shoes/ -o done/                     a folder with all below it
    mattebox remove 'shoes/**/*.tif' -o 'done/{name}.psd'
    curl -s https://example.com/a.jpg | mattebox remove - > a.png
    mattebox remove a.jpg --alpha -o matte.png          the matte alone
    mattebox remove a.jpg --background ffffff --size 2000x2000 --margin 8% --align bottom --shadow drop
    mattebox remove a.jpg --gradient ffffff,c8c8c8 --aspect 3:4 --max-size 1600
    mattebox remove a.jpg --size 60x90 --unit mm --dpi 300 -o print.tif
    mattebox remove in/ -o out/ --template shop.json    the fields of POST Template
    mattebox remove in/ -o out/ --json > report.jsonl
    mattebox remove --watch in/ -o out/                 until Ctrl-C

Exit codes: 0 all done; 1 some failed, or were left out because their results were there (not with --skip-existing); 2 wrong flags; 3 something is not installed; 130 interrupted.`
}

// Help is printed below the commands of "mattebox model".
func (*ModelCmd) Help() string {
	return `Examples:

    mattebox model                                what there is, and what is installed
    mattebox model install                        the defaults: runtime, u2netp, selfie, isnet
    mattebox model install ormbg --from ~/Downloads/ormbg.onnx
    mattebox model licence isnet`
}

// Help is printed below the flags of "mattebox model list".
func (*ModelListCmd) Help() string {
	return `Examples:

    mattebox model list
    mattebox model list --json | jq '.[] | select(.state == "ready") | .name'`
}

// Help is printed below the flags of "mattebox model install".
func (*ModelInstallCmd) Help() string {
	return `Every file is checked by its SHA-256. What is installed already is left as it is; what is damaged is fetched again.

Examples:

    mattebox model install                        the defaults
    mattebox model install u2netp runtime         enough for --quality fast
    mattebox model install --packages /media/usb  on a machine without a network
    mattebox model install ./own.onnx --entry own.json`
}

// Help is printed below the flags of "mattebox model licence".
func (*ModelLicenceCmd) Help() string {
	return `Examples:

    mattebox model licence                        of all networks
    mattebox model licence isnet --text           with the full text`
}

// Help is printed below the flags of "mattebox model entry".
func (*ModelEntryCmd) Help() string {
	return `Example:

    mattebox model entry ormbg > own.json         as a start for a network of your own`
}

// Help is printed below the flags of "mattebox doctor".
func (*DoctorCmd) Help() string {
	return `Exit codes: 0 when mattebox remove can work, 3 when something is missing.

Examples:

    mattebox doctor
    mattebox doctor --deep                        read every installed file, too`
}

// Help is printed below the flags of "mattebox version".
func (*VersionCmd) Help() string {
	return `Examples:

    mattebox version
    mattebox version --json`
}

// Help is printed below the flags of "mattebox completion".
func (*CompletionCmd) Help() string {
	return `Put the line into the shell's own start-up file to have it always.

Examples:

    source <(mattebox completion bash)            in ~/.bashrc
    source <(mattebox completion zsh)             in ~/.zshrc
    mattebox completion fish | source             in ~/.config/fish/config.fish`
}
