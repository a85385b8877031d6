package io.evenkeel.controller.notify;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A database whose user dies at a certain call: before a statement, or after a commit that it never
 * hears of. The database then forgets what was not committed, as it does of a killed process.
 */
public final class MortalSource {

  /** The end: nobody who goes on after an exception catches it. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private enum Fate {
    KILLED,
    ODD
  }

  private final DataSource source;
  private final Fate fate;
  private int left;

  private MortalSource(DataSource source, Fate fate, int calls) {
    this.source = source;
    this.fate = fate;
    this.left = calls;
  }

  /** Dies at the call of this number, from 1. */
  public static DataSource of(DataSource source, int calls) {
    return proxy(new MortalSource(source, Fate.KILLED, calls));
  }

  /** Throws an exception that nobody has foreseen at the call of this number, and goes on. */
  public static DataSource odd(DataSource source, int calls) {
    return proxy(new MortalSource(source, Fate.ODD, calls));
  }

  private static DataSource proxy(MortalSource mortal) {
    return (DataSource)
        Proxy.newProxyInstance(
            MortalSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> mortal.connection());
  }

  private Connection connection() throws SQLException {
    Connection real = source.getConnection();
    return (Connection)
        Proxy.newProxyInstance(
            MortalSource.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("prepareStatement")) {
                live();
              }
              try {
                Object result = method.invoke(real, arguments);
                if (method.getName().equals("commit")) {
                  live();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void live() {
    if (--left == 0) {
      if (fate == Fate.ODD) {
        throw new IllegalStateException("odd");
      }
      throw new Killed();
    }
  }
}
