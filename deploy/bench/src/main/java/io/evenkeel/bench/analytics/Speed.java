package io.evenkeel.bench.analytics;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How fast the job was, and what it and the broker took for it.
 *
 * @param recordsPerSecond telemetry
 * @param recordsPerCpuSecond the same a second of the job's processor time, its compilers' left out
 * @param jobCores processor time of the job a second
 * @param compilerCores processor time of its compilers a second, which that leaves out
 * @param brokerCores processor time of the broker a second
 */
record Speed(
    @JsonProperty("records_per_s") double recordsPerSecond,
    @JsonProperty("records_per_cpu_s") double recordsPerCpuSecond,
    @JsonProperty("job_cores") double jobCores,
    @JsonProperty("compiler_cores") double compilerCores,
    @JsonProperty("broker_cores") double brokerCores) {

  static Speed of(Service.Work work) {
    return new Speed(
        work.recordsPerSecond(),
        work.recordsPerCpuSecond(),
        work.cpuSeconds() / work.seconds(),
        work.compilerSeconds() / work.seconds(),
        work.brokerSeconds() / work.seconds());
  }

  /** Processor time of the broker for a record, seconds. */
  double brokerSecondsPerRecord() {
    return brokerCores / recordsPerSecond;
  }
}
