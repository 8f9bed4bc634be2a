import { writeSync } from "node:fs";

// Loaded into the measured process (`node --import`): tells its peak memory, in KiB, and its processor time, in
// milliseconds, on the pipe with number 3.
process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeSync(3, `${maxRSS} ${(userCPUTime + systemCPUTime) / 1000}`);
});
