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

  /** The end. */
  public static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final DataSource source;
  private int left;

  private MortalSource(DataSource source, int calls) {
    this.source = source;
    this.left = calls;
  }

  /** Dies at the call of this number, from 1. */
  public static DataSource of(DataSource source, int calls) {
    MortalSource mortal = new MortalSource(source, calls);
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
      throw new Killed();
    }
  }
}
