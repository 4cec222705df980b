// SPDX-License-Identifier: MIT
//! [window]
#include <SocketIo/Manager>

#include <QtCore/QUrl>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;
using SocketIo::ClientSocket;

int main(int argc, char *argv[])
{
    QApplication app(argc, argv);
    const QUrl url(app.arguments().value(1, u"http://localhost:3000"_s));
    const QString nick = app.arguments().value(2, u"Ada"_s);

    QWidget window;
    auto *messages = new QListWidget;
    auto *input = new QLineEdit;
    input->setPlaceholderText(u"Write a message"_s);
    auto *layout = new QVBoxLayout(&window);
    layout->addWidget(messages);
    layout->addWidget(input);
    window.show();

    ClientSocket *socket = SocketIo::Manager::connectTo(url);
    socket->setParent(&window);
    socket->on(u"chat message"_s, messages, [messages](const QString &from, const QString &text) {
        messages->addItem(u"%1: %2"_s.arg(from, text));
    });
    QObject::connect(input, &QLineEdit::returnPressed, socket, [=] {
        socket->emitEvent(u"chat message"_s, nick, input->text());
        input->clear();
    });
    QObject::connect(socket, &ClientSocket::connected, &window, [=, &window] {
        window.setWindowTitle(u"%1 at %2"_s.arg(nick, url.host()));
        socket->emitEvent(u"chat message"_s, nick, u"is here"_s);
    });
    QObject::connect(
        socket, &ClientSocket::connectError, &window,
        [&window](const SocketIo::Error &error) { window.setWindowTitle(error.message()); });
    return app.exec();
}
//! [window]
