// SPDX-License-Identifier: MIT
import com.corundumstudio.socketio.AckRequest;
import com.corundumstudio.socketio.AuthTokenResult;
import com.corundumstudio.socketio.Configuration;
import com.corundumstudio.socketio.MultiTypeArgs;
import com.corundumstudio.socketio.SocketIOClient;
import com.corundumstudio.socketio.SocketIONamespace;
import com.corundumstudio.socketio.SocketIOServer;
import java.net.ServerSocket;
import java.util.Map;

/** The server that peer-client talks to, with netty-socketio. Prints "listening PORT". */
public final class Server {
    private static void serve(SocketIONamespace nsp) {
        nsp.addMultiTypeEventListener("echo",
            (client, args, ack) -> ack.sendAckData(args.getArgs().toArray()),
            Object.class, Object.class, Object.class);
        // It takes binary data for what it is only where that is declared.
        nsp.addMultiTypeEventListener("echo binary",
            (client, args, ack) -> ack.sendAckData(args.getArgs().toArray()), byte[].class,
            String.class);
        nsp.addMultiTypeEventListener("back",
            (client, args, ack) -> client.sendEvent("back", args.getArgs().toArray()),
            String.class, byte[].class);
        nsp.addEventListener("join", String.class, (client, room, ack) -> {
            client.joinRoom(room);
            ack.sendAckData(room);
        });
        nsp.addMultiTypeEventListener("tell",
            (client, args, ack) -> nsp.getRoomOperations(args.<String>get(0)).sendEvent("told",
                args.<Object>get(1)),
            String.class, Object.class);
        nsp.addEventListener("leave me", Object.class, (client, nothing, ack) -> client.disconnect());
    }

    public static void main(String[] args) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setHostname("127.0.0.1");
        int port = freePort();
        configuration.setPort(port);
        configuration.setPingInterval(1000);
        configuration.setPingTimeout(20000);
        SocketIOServer server = new SocketIOServer(configuration);
        serve(server.addNamespace(""));
        serve(server.addNamespace("/chat"));
        server.addNamespace("/admin").addAuthTokenListener((token, client) ->
            token instanceof Map && "secret".equals(((Map<?, ?>) token).get("token"))
                ? AuthTokenResult.AuthTokenResultSuccess
                : new AuthTokenResult(false, Map.of("message", "not authorized")));
        server.start();
        System.out.println("listening " + port);
        Thread.currentThread().join();
    }

    // netty-socketio does not tell the port that the system has chosen.
    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
