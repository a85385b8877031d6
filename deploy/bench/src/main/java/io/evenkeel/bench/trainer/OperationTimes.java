package io.evenkeel.bench.trainer;

import io.evenkeel.trainer.ops.AttentionOps;
import io.evenkeel.trainer.ops.DenseOps;
import io.evenkeel.trainer.ops.LossOps;
import io.evenkeel.trainer.ops.MoeOps;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.TensorOps;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;

/** A backend that passes everything on to another, and adds up the time of each operation. */
final class OperationTimes implements TensorOps {
  private final TensorOps inner;
  private final Map<String, Total> totals = new TreeMap<>();
  private final TensorMemory memory;
  private final DenseOps dense;
  private final AttentionOps attention;
  private final MoeOps moe;
  private final LossOps losses;
  private final StatisticsOps statistics;
  private final OptimizerOps optimizer;

  /** Calls and time of one operation. */
  static final class Total {
    private long calls;
    private long nanos;

    long calls() {
      return calls;
    }

    double seconds() {
      return nanos / 1e9;
    }
  }

  OperationTimes(TensorOps inner) {
    this.inner = inner;
    memory = timed(TensorMemory.class, "memory", inner.memory());
    dense = timed(DenseOps.class, "dense", inner.dense());
    attention = timed(AttentionOps.class, "attention", inner.attention());
    moe = timed(MoeOps.class, "moe", inner.moe());
    losses = timed(LossOps.class, "losses", inner.losses());
    statistics = timed(StatisticsOps.class, "statistics", inner.statistics());
    optimizer = timed(OptimizerOps.class, "optimizer", inner.optimizer());
  }

  private <T> T timed(Class<T> family, String name, T target) {
    Object proxy =
        Proxy.newProxyInstance(
            family.getClassLoader(),
            new Class<?>[] {family},
            (self, method, arguments) -> timed(name, target, method, arguments));
    return family.cast(proxy);
  }

  private Object timed(String family, Object target, Method method, Object[] arguments)
      throws Throwable {
    Total total = totals.computeIfAbsent(family + "." + method.getName(), name -> new Total());
    long start = System.nanoTime();
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    } finally {
      total.nanos += System.nanoTime() - start;
      total.calls++;
    }
  }

  /** By operation, such as {@code dense.linearForward}. */
  Map<String, Total> totals() {
    return totals;
  }

  /** Forgets what was added up. */
  void reset() {
    totals.clear();
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public int elementBits() {
    return inner.elementBits();
  }

  @Override
  public TensorMemory memory() {
    return memory;
  }

  @Override
  public DenseOps dense() {
    return dense;
  }

  @Override
  public AttentionOps attention() {
    return attention;
  }

  @Override
  public MoeOps moe() {
    return moe;
  }

  @Override
  public LossOps losses() {
    return losses;
  }

  @Override
  public StatisticsOps statistics() {
    return statistics;
  }

  @Override
  public OptimizerOps optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    inner.close();
  }
}
