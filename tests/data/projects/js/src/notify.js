// Builds the mail and hands it to the transport; a failing mail server must not stop the checks.
async function notifyByMail(page, up) {
  const subject = up ? `UP ${page.url}` : `DOWN ${page.url}`;
  try {
    await transport().send({ to: process.env.MAIL_TO, subject });
  } catch (error) {
    console.error('mail failed', error.message);
  }
}

function transport() {
  return { send: async (mail) => console.log(mail.to, mail.subject) };
}

module.exports = { notifyByMail };
