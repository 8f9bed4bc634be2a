// Loaded into a program that is recorded (`node --import`): its clock stands still, and goes on by a step at each SIGUSR2.
// What moves by the clock is then the same in every recording.
const stepMs = 100;
let nowMs = Date.now();
Date.now = () => nowMs;
process.on("SIGUSR2", () => {
    nowMs += stepMs;
});
