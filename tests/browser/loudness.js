// loudness() is how loud the page is at this moment, 0 to 1: what goes to the loudspeaker goes to a meter too.

const connect = AudioNode.prototype.connect;
let meter = null;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode && this.context instanceof AudioContext) {
    meter ??= new AnalyserNode(this.context);
    connect.call(this, meter);
  }
  return connect.call(this, to, ...rest);
};
window.loudness = () => {
  const wave = new Float32Array(meter?.fftSize ?? 0);
  meter?.getFloatTimeDomainData(wave);
  return Math.max(0, ...wave.map(Math.abs));
};
