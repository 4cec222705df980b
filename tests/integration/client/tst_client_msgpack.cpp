// SPDX-License-Identifier: MIT
#include "parsertest.h"
#include "support/testmain.h"

#include <SocketIo/MsgPackParser>

// With socket.io-msgpack-parser in JavaScript.
class tst_ClientMsgPack : public ParserTest
{
    Q_OBJECT

public:
    tst_ClientMsgPack()
        : ParserTest(u"msgpack"_s, std::make_shared<SocketIo::MsgPackParser>())
    {
    }
};

QTSOCKETIO_TEST(tst_ClientMsgPack)

#include "tst_client_msgpack.moc"
