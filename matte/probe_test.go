package matte
import ("testing";"slices")
func TestProbe(t *testing.T){
 for _, ramp := range []float64{2,4,8,16,32,64} {
  alpha := draw(1300,1000,disc(650,500,300,ramp))
  p := blend(alpha, fore, back)
  got := &Picture{Width:1300,Height:1000,Pix:slices.Clone(p.Pix)}
  Foreground(got,toBytes(alpha))
  t.Logf("ramp %g: %.2f -> %.2f", ramp, colourError(p,toBytes(alpha)), colourError(got,toBytes(alpha)))
 }
}
