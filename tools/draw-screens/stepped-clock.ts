// Loaded into a recorded program (`node --import`): its clock stops, and advances by one step at each SIGUSR2, so that animations are
// the same in every recording.
const stepMs = 100;
let nowMs = Date.now();
Date.now = () => nowMs;
process.on("SIGUSR2", () => {
    nowMs += stepMs;
});
