package imaging
import ("testing";"os";"fmt";"syscall";"time";"context";"io")
func cpu() time.Duration { var r syscall.Rusage; syscall.Getrusage(0,&r); return time.Duration(r.Utime.Nano()+r.Stime.Nano()) }
func TestTry(t *testing.T){
 for _,f:=range []string{"/tmp/cmyk.jpg","/tmp/cmyk_noprof.jpg","../../shared/testdata/formats/sample-xyb.jpg","../../shared/testdata/formats/avif-orientation-6.avif","../../shared/testdata/formats/sample.tif","../../shared/testdata/formats/cramps.gif","../../shared/testdata/formats/ultra-hdr.jpg"} {
  p:=decode(t,read(t,f)); if p.Width>800 { p=resize(t,p,p.Width*400/p.Height,400) }
  os.WriteFile("/tmp/v_"+f[len(f)-8:]+".png",encode(t,p,EncodeOptions{Format:PNG}),0644)
  fmt.Println(f,p.Width,p.Height,len(p.Meta.Profile))
 }
 a:=decode(t,read(t,"/tmp/cmyk.jpg")); b:=decode(t,read(t,"/tmp/im_rgb.png")); fmt.Println("cmyk vs IM",psnr(t,a,b)); c:=decode(t,read(t,"../../shared/testdata/photos/chelsea.png"));fmt.Println("cmyk vs orig",psnr(t,a,c))
}
func BenchmarkCPU(b *testing.B){ for _,al:=range []bool{true,false} { p:=twelve(b,al); for l:=1;l<=9;l++ { best:=time.Hour; for i:=0;i<3;i++ { c:=cpu(); Encode(context.Background(),io.Discard,p,EncodeOptions{Format:PNG,Level:l}); best=min(best,cpu()-c) }; fmt.Println(al,l,best, len(encode(b,p,EncodeOptions{Format:PNG,Level:l}))) } } 
 p:=twelve(b,true); for _,f:=range []Format{TIFF,WebP,AVIF} { best:=time.Hour; for i:=0;i<2;i++ {c:=cpu(); Encode(context.Background(),io.Discard,p,EncodeOptions{Format:f}); best=min(best,cpu()-c)}; fmt.Println(f,best) }
}
