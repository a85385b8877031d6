/**
 * The job jar on a real Flink cluster: JobManager, TaskManagers and ZooKeeper in JVMs of their own,
 * from Flink's classes as Maven brings them, without anything that the jar must bring itself.
 */
package io.evenkeel.flink;
