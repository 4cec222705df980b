// SPDX-License-Identifier: MIT
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Manager;
import io.socket.client.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.json.JSONArray;
import org.json.JSONObject;

/** What Java's socket.io-client asks of a QtSocketIo server: Client URL TRANSPORT */
public final class Client {
    private static final int WAIT = 30;
    private static final String TEXT = "text \u00e4\u20ac\ud83d\ude00 \" \\";
    private static final byte[] BYTES = new byte[10240];

    static {
        for (int i = 0; i < BYTES.length; ++i)
            BYTES[i] = (byte) i;
    }

    private static void check(String name, boolean condition) {
        if (!condition)
            throw new AssertionError(name);
        System.out.println("ok " + name);
    }

    private static Object[] next(String name, BlockingQueue<Object[]> queue) throws Exception {
        Object[] args = queue.poll(WAIT, TimeUnit.SECONDS);
        if (args == null)
            throw new AssertionError(name + ": nothing came");
        return args;
    }

    private static BlockingQueue<Object[]> listen(Socket socket, String event) {
        BlockingQueue<Object[]> queue = new LinkedBlockingQueue<>();
        socket.on(event, queue::add);
        return queue;
    }

    private static Object[] call(Socket socket, String event, Object... args) throws Exception {
        BlockingQueue<Object[]> queue = new LinkedBlockingQueue<>();
        socket.emit(event, args, (Ack) queue::add);
        return next(event, queue);
    }

    private static IO.Options options(String transport) {
        return IO.Options.builder().setTransports(new String[] {transport})
            .setReconnectionDelay(50).setForceNew(true).build();
    }

    public static void main(String[] args) throws Exception {
        try {
            run(args[0], args[1]);
            System.exit(0);
        } catch (Throwable error) {
            error.printStackTrace();
            System.exit(1);
        }
    }

    private static void run(String url, String transport) throws Exception {
        Manager manager = new Manager(URI.create(url), options(transport));
        Socket socket = manager.socket("/");
        Socket chat = manager.socket("/chat");
        BlockingQueue<Object[]> connected = listen(socket, Socket.EVENT_CONNECT);
        BlockingQueue<Object[]> chatConnected = listen(chat, Socket.EVENT_CONNECT);
        BlockingQueue<Object[]> gone = listen(socket, Socket.EVENT_DISCONNECT);
        BlockingQueue<Object[]> back = listen(socket, "back");
        BlockingQueue<Object[]> chatBack = listen(chat, "back");
        BlockingQueue<Object[]> told = listen(socket, "told");
        socket.connect();
        chat.connect();
        next("connect", connected);
        next("connect to /chat", chatConnected);
        String firstId = socket.id();

        Object[] answer = call(socket, "echo", TEXT, 42, new JSONObject("{\"a\":[null,true,1.5]}"));
        check("text in an acknowledgement", answer.length == 3 && TEXT.equals(answer[0])
            && ((Number) answer[1]).intValue() == 42
            && ((JSONObject) answer[2]).getJSONArray("a").getDouble(2) == 1.5);
        answer = call(socket, "echo", new JSONObject(Map.of("data", BYTES)), "and text");
        check("binary in an acknowledgement",
              Arrays.equals(BYTES, (byte[]) ((JSONObject) answer[0]).get("data"))
                  && "and text".equals(answer[1]));
        socket.emit("back", TEXT, BYTES);
        Object[] event = next("event", back);
        check("event", TEXT.equals(event[0]) && Arrays.equals(BYTES, (byte[]) event[1]));
        chat.emit("back", "in a namespace");
        check("namespace", "in a namespace".equals(next("namespace", chatBack)[0]));
        answer = call(socket, "join", new JSONArray().put("room 1"));
        check("join", answer[0].toString().contains("room 1"));
        socket.emit("tell", new JSONArray().put("room 2"), "all", new JSONArray(), "nobody hears");
        socket.emit("tell", new JSONArray().put("room 1"), "all", new JSONArray(), TEXT);
        check("room", TEXT.equals(next("room", told)[0]));

        connected.clear();
        socket.emit("leave me all");
        check("disconnected by the server", next("disconnected", gone).length > 0);
        socket.connect();
        next("connected again", connected);
        check("a new id", !firstId.equals(socket.id()));
        check("echo after a reconnection", "again".equals(call(socket, "echo", "again")[0]));
        socket.disconnect();
        chat.disconnect();

        Socket admin = new Manager(URI.create(url), options(transport)).socket("/admin");
        BlockingQueue<Object[]> refused = listen(admin, Socket.EVENT_CONNECT_ERROR);
        admin.connect();
        check("refused", next("refused", refused)[0].toString().contains("not authorized"));
        IO.Options withAuth = options(transport);
        withAuth.auth = Map.of("token", "secret");
        Socket again = new Manager(URI.create(url), withAuth).socket("/admin", withAuth);
        BlockingQueue<Object[]> let = listen(again, Socket.EVENT_CONNECT);
        again.connect();
        next("auth", let);
        check("auth", again.connected());
    }
}
