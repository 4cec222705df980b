// SPDX-License-Identifier: MIT
#include "chatwindow.h"

#include <SocketIo/Manager>

using namespace SocketIo;
using namespace Qt::StringLiterals;

ChatWindow::ChatWindow(const QUrl &url, const QString &name)
    : m_name(name)
    , m_socket(Manager::connectTo(url))
{
    ui.setupUi(this);
    m_socket->setParent(this);
    m_typingPause.setSingleShot(true);
    m_typingPause.setInterval(2000);

    // From the server to this window: events call functions, with their arguments converted.
    m_socket->on(u"chat message"_s, this, &ChatWindow::showMessage);
    m_socket->on(u"names"_s, this, [this](const QStringList &names) {
        ui.names->clear();
        ui.names->addItems(names);
    });
    m_socket->on(u"typing"_s, this, [this](const QString &who, bool isTyping) {
        ui.typingLabel->setText(isTyping ? tr("%1 is typing").arg(who) : QString());
    });
    connect(m_socket, &ClientSocket::connected, this, &ChatWindow::join);
    // Nothing is said before the server knows the name. Events that are emitted while there is no
    // connection would be sent ahead of "join".
    ui.input->setEnabled(false);
    connect(m_socket, &ClientSocket::disconnected, this, &ChatWindow::leave);
    connect(m_socket, &ClientSocket::stateChanged, this, &ChatWindow::showState);
    connect(m_socket, &ClientSocket::transportChanged, this, &ChatWindow::showState);

    // From this window to the server: a signal is an event.
    m_socket->forward(this, &ChatWindow::typing, u"typing"_s);
    connect(ui.input, &QLineEdit::textEdited, this, [this] {
        if (!m_typingPause.isActive())
            Q_EMIT typing(true);
        m_typingPause.start();
    });
    connect(&m_typingPause, &QTimer::timeout, this, [this] { Q_EMIT typing(false); });
    connect(ui.input, &QLineEdit::returnPressed, this, &ChatWindow::say);
    showState();
}

void ChatWindow::join()
{
    m_socket->emitWithAck(u"join"_s, m_name)
        ->then(this, [this](const QString &name, const QList<Message> &history) {
            m_name = name;
            setWindowTitle(tr("%1 - QtSocketIo chat").arg(name));
            ui.messages->clear();
            for (const Message &message : history)
                showMessage(message);
            ui.input->setEnabled(true);
        });
}

void ChatWindow::leave()
{
    m_typingPause.stop();
    ui.typingLabel->clear();
    ui.input->setEnabled(false);
}

void ChatWindow::say()
{
    const QString text = ui.input->text().trimmed();
    ui.input->clear();
    m_typingPause.stop();
    Q_EMIT typing(false);
    if (!text.isEmpty())
        m_socket->emitWithAck(u"chat message"_s, text)->then(this, &ChatWindow::showMessage);
}

void ChatWindow::showMessage(const Message &message)
{
    const QString time = message.time.toLocalTime().toString(u"HH:mm"_s);
    auto *item = new QListWidgetItem(u"%1  %2\n%3"_s.arg(message.name, time, message.text));
    item->setTextAlignment(message.name == m_name ? Qt::AlignRight : Qt::AlignLeft);
    ui.messages->addItem(item);
    ui.messages->scrollToBottom();
}

void ChatWindow::showState()
{
    ui.bar->showMessage(m_socket->isConnected() ? m_socket->transport() : tr("reconnecting"));
}
