"""Weights as Keras publishes them (by layer, of tf_keras and Keras 3) into Convoy's own networks."""
import os,sys,subprocess,tempfile
os.environ["TF_CPP_MIN_LOG_LEVEL"]="3"; os.environ["CUDA_VISIBLE_DEVICES"]=""
import h5py, keras, tf_keras, numpy as np, warnings
warnings.filterwarnings("ignore")
convoy=sys.argv[1]
names=sys.argv[2:]
for name in names:
  for lib in (tf_keras,keras):
    lib.backend.clear_session()
    ctor=getattr(lib.applications,name)
    kw=dict(input_shape=(224,224,3)) if name.startswith('MobileNetV3') else {}
    m=ctor(weights=None,**kw)
    g=np.random.default_rng(3)
    ws=[]
    for w in m.weights:
        n=w.path if lib is keras else w.name
        s=tuple(w.shape)
        if 'variance' in n: v=g.uniform(.5,1.5,s)
        elif 'gamma' in n and 'layer_scale' not in n: v=g.uniform(.5,1.2,s)
        elif len(s)<2: v=g.normal(0,.1,s)
        else: v=np.array(w)
        ws.append(np.asarray(v,'float32') if 'count' not in n else np.array(w))
    m.set_weights(ws)
    x=g.uniform(0,255,(1,)+tuple(m.input_shape[1:])).astype('float32')
    if not any(p in name for p in ('Efficient','ConvNeXt','MobileNetV3')): x=x/127.5-1
    y=np.array(m(x,training=False))
    with tempfile.TemporaryDirectory() as d:
        files=[]
        if lib is tf_keras: m.save_weights(d+'/w.h5'); files.append('w.h5')
        else: m.save_weights(d+'/w.weights.h5'); files.append('w.weights.h5'); m.save(d+'/m.h5'); files.append('m.h5')
        with h5py.File(d+'/in.h5','w') as f: f['inputs/0']=x
        for fn in files:
            r=subprocess.run([convoy,'forward',f'{d}/{fn}',f'{d}/in.h5',f'{d}/out.h5','--into','keras:'+name.lower()],capture_output=True,text=True)
            if r.returncode: print(name,lib.__name__,fn,'REFUSED',r.stderr[:600]); continue
            with h5py.File(d+'/out.h5') as f: o=f['outputs/0'][()]
            print(name,lib.__name__,fn,'%.1e'%(abs(o-y).max()/abs(y).max()), 'spread %.2g..%.2g'%(y.min(),y.max()),flush=True)
