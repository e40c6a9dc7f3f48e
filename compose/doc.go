// Package compose lays a cut-out on a canvas as a template says. A Cutout (the
// subject's colours and alpha matte, and the photograph), or several, and a
// mattebox.Template go in; a Canvas of layers comes out of Apply or Combine, for a
// layered file or, through Canvas.Flatten, for any other. It knows pixels but no file formats and no
// networks. Samples keep their depth and their colour profile throughout.
//
// # The road
//
// Apply is the list that steps returns, one file each: arrange (scene.go), size,
// place and holdBack (fit.go) decide where everything goes before a pixel is
// touched; original, background, photograph, shadow and subject then each add a
// layer, or one for each photograph, or none.
//
//	hidden original  <  background  <  shadow (multiply)  <  cut-out
//	                    extended edge  <  photograph          when the background is kept
//
// # Layout
//
// The content is what is laid out. Margins are measured from the subject, so
// with margins the content is the subject's box; without, it is the whole
// photograph, and the subject keeps its surroundings. A picture in which no
// subject was found is laid out whole.
//
//	+------------- canvas -------------+
//	|             marginTop            |
//	|      +--------------------+      |
//	|      |      |content|     |      |
//	| left |      |  at   |     | right|    content: scaled to fit between the margins,
//	|      |      | most  |     |      |    never beyond 1:1 unless AllowUpscale;
//	|      |      |  1:1  |     |      |    centred from side to side,
//	|      +--------------------+      |    aligned from top to bottom
//	|           marginBottom           |
//	+----------------------------------+
//
// First the canvas gets its size:
//
//	ResizeKeep    the photograph's
//	ResizeAspect  the smallest of the ratio Width:Height that holds content and
//	              margins at 1:1; ratios of small whole numbers (3:4) come out exact
//	ResizeFixed   Width x Height; a side not given follows from the other, so that
//	              content and margins keep their shape
//	ResizeMinMax  content and margins at 1:1
//	(and ResizeSystem)
//
// MinSize and MaxSize then bound both sides. A canvas above MaxSize shrinks in
// its own shape (ResizeKeep, ResizeAspect) or with its content (ResizeMinMax). A
// side below MinSize is padded, and the content stays at 1:1; with AllowUpscale
// the canvas is scaled up instead as far as MaxSize lets it, and only the rest is
// padded. ResizeAspect keeps its ratio either way. MaxSize wins over MinSize. The
// given sides of ResizeFixed stand: Validate refuses bounds that contradict
// them, and a derived side is clamped. MinSize and MaxSize are in the template's
// unit, except that ResizeAspect has none and takes pixels.
//
// Margins in pixels are pixels of the finished canvas, whatever the scale;
// margins in percent are parts of its sides. Each is rounded to whole pixels.
// Millimetres and inches become pixels by the template's DPI, else the
// photograph's, else mattebox.DefaultDPI, and the result says which.
//
// With BackgroundKeep the photograph itself is laid out by the same rules. What
// it leaves of the canvas is filled by its own edge, drawn out ever more softly.
//
// # A common scale
//
// Pictures of one product look alike when a pixel of each photograph takes the
// same room on each canvas. Fit tells the scale that a picture gets by itself, in
// canvas pixels per photograph pixel; the least of them, given to Combine for each,
// is one that all can have. It is an upper bound, never a wish: a picture that gets
// less by itself is laid out as if there were none. For one that would get more, the
// canvas follows the template as before and the content stands on it at that scale:
//
//	ResizeFixed   the given sides stand, and the margins are at least the
//	              template's; a side not given follows from the content as it is
//	              scaled, so that its margins are exact
//	ResizeAspect  the canvas that the picture gets by itself: frames of one ratio
//	              are seen at one size, so a smaller frame would undo the scale
//	ResizeMinMax  content at that scale and its margins, which are exact; MinSize
//	              pads and no longer scales up
//	ResizeKeep    the photograph's canvas; without margins the photograph is the
//	              content, and the canvas shrinks with it
//
// Where margins are measured from a subject and there is none, there is no scale:
// Fit returns 0, and a bound does nothing.
//
// # Several photographs
//
// Combine puts photographs side by side from left to right, at their own pixels and
// on one ground line, and lays them out as if they were one:
//
//	        +-------+
//	        |       |                what is put side by side: the subjects' boxes,
//	+----+  |       |  +---------+   apart by 4 percent of the tallest one's height;
//	|    |  |       |  |         |   whole photographs, not apart, when the background
//	+----+--+-------+--+---------+   is kept, or the canvas is and there are no margins
//
// With boxes, a photograph without a subject is left out, unless none has one. The
// canvas of ResizeKeep is as wide as the photographs together and as high as the
// highest. A drop shadow falls from all subjects on one ground, with the lengths of
// the largest one's; kept shadows are each photograph's own. In a layered file each
// photograph has a layer of its own under its name. Above a lower photograph whose
// background is kept its own edge is drawn out up to the height of the highest. All
// photographs have one depth and profile, to which the caller brings them; metadata
// and resolution are the first one's.
//
// # Light and colour
//
// Colours are sRGB, brought to the picture's profile when it keeps another. Soft
// edges are mixed in coded samples, as image editors and browsers do with the
// transparent file, so that all outputs of one cut-out look alike. Shadows are
// reckoned and multiplied in linear light; their layer is black through a mask
// that is coded, so that an image editor shows nearly the same. Resampling is
// imaging.ResizeLinear. A gradient runs straight in coded values and is dithered
// at 8 bits.
//
// # Limits
//
// The shadow's curve is sRGB's for every profile. A kept shadow needs a floor that
// is plain enough: on a patterned one it fades out rather than show the pattern,
// and a shadow that nowhere touches the subject is lost. A drop shadow under a
// subject that the photograph's lower border cuts falls on a wall behind it
// instead, as no ground is in view.
package compose
