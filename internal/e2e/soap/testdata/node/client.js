'use strict';
// Calls every operation of the SOAP service with node-soap and prints what came
// back, one line of JSON a call.
//
//   SOAP_WSDL=https://mattebox.example/soap.asmx?WSDL DEVELOPER_EMAIL=... DEVELOPER_KEY=... \
//   CONTACT_EMAIL=new@shop.example PICTURE_URL=https://... MISSING_URL=https://... node client.js
//
// SOAP_VERSION is 1.1, or 1.2. MISSING_URL is an address where there is no picture.
const soap = require('soap');

const env = process.env;

function tell(step, answer) {
  process.stdout.write(JSON.stringify({ step, answer }) + '\n');
}

async function main() {
  const client = await soap.createClientAsync(env.SOAP_WSDL, { forceSoap12Headers: env.SOAP_VERSION === '1.2' });

  // call returns the operation's result. Faults are thrown, everything that the
  // service refuses arrives as an ErrorCode other than NoError.
  async function call(operation, fields) {
    const [answer] = await client[`${operation}Async`](fields);
    return answer[`${operation}Result`];
  }

  // told is call for the record.
  async function told(step, fields) {
    const result = await call(step.split(' ')[0], fields);
    tell(step, result);
    return result;
  }

  // standing asks until the image stands at the status.
  async function standing(auth, imageTicket, status) {
    for (const deadline = Date.now() + 120000; ;) {
      const result = await call('GetImageStatus', { ...auth, imageTicket });
      if (result.ErrorCode === 'NoError' && result.ImageStatus.StatusId === status) return;
      if (Date.now() > deadline) throw new Error(`waited for status ${status} in vain: ${JSON.stringify(result)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  // A developer opens an account for a customer, and orders in the customer's name.
  const developer = { developerEmail: env.DEVELOPER_EMAIL, developerAPIkey: env.DEVELOPER_KEY };
  const person = { contactEmail: env.CONTACT_EMAIL, contactName: 'Zoë Ångström', countryCode: 'DK' };
  const contact = await told('AddContact', { ...developer, ...person });
  await told('AddContact again', { ...developer, ...person });
  const auth = { contactEmail: contact.ContactEmail, contactAPIkey: contact.ContactAPIkey };
  const wrong = { contactEmail: contact.ContactEmail, contactAPIkey: '00000000-0000-4000-8000-000000000000' };

  await told('EditContact', { ...auth, contactCompany: 'Käse & Söhne <A/S>', contactCity: 'København', isReceivedNewslater: 'false' });
  await told('EditContact refused', wrong);
  await told('GetContactDetailed refused', wrong);

  await told('GetTemplates one', auth);
  const template = await told('AddTemplate', {
    ...auth,
    templateName: 'Shop (front) 1', templateOutputFormat: 'JPG', deliveryTimeInHour: '24',
    backgroundType: '0', resizeType: '3', resizeMinSize: '10', resizeMaxSize: '2000', comment: 'a < b & c',
  });
  await told('AddTemplate refused', { ...auth, templateOutputFormat: 'JPG', deliveryTimeInHour: '24', backgroundType: '0' });
  await told('GetTemplateSpec', { ...auth, templateId: template.TemplateId });
  await told('GetTemplateSpec refused', { ...auth, templateId: '1' });
  await told('GetTemplates', auth);
  await told('GetTemplates refused', wrong);

  await told('GetImagesList empty', auth);
  await told('GetProductIdsList empty', auth);
  await told('GetInvoiceList empty', auth);
  await told('CountImages none', auth);

  // An order with everything, one with what it needs, one whose picture is not there.
  const order = { ...auth, templateId: template.TemplateId, imageURL: env.PICTURE_URL };
  const full = await told('AddImageToQueue', {
    ...order,
    developerAPIkey: env.DEVELOPER_KEY, imageURL2: '', customerFolder: null, customerImageId: 'SKU 1/ä', productId: 'P-2', instruction: 'As it is.',
    additionalResourceFileURLs: { string: ['https://shop.example/notes.pdf'] },
    colorwayIds: { int: [] },
    colorChangeRequests: { ColorChangeRequest: [{ customerImageColorID: 'red', outputFileName: 'red.jpg' }] },
  });
  const plain = await told('AddImageToQueue plain', order);
  const missing = await told('AddImageToQueue missing', {
    ...order,
    imageURL: env.MISSING_URL, customerImageId: 'missing', productId: 'P-1',
    colorwayIds: { int: [7, 8] },
  });
  await told('AddImageToQueue refused', auth);
  await standing(auth, missing.ImageTicket, 12);
  await told('GetImageStatus missing', { ...auth, imageTicket: missing.ImageTicket });
  await told('GetImageStatus nonticket', { ...auth, imageTicket: 'nonticket', customerImageId: 'missing' });
  await told('GetImageStatus refused', { ...auth, imageTicket: '00000000-0000-4000-8000-000000000000' });
  await told('GetImagesList one', { ...auth, productId: 'P-1' });
  await told('GetImagesList refused', { ...auth, sortBy: 'beauty' });
  await told('RejectProcessedImage refused', { ...auth, imageTicket: missing.ImageTicket, comment: 'Too early.' });
  const unwanted = await told('AddPartnerImageToQueue', { ...order, applicationCode: env.DEVELOPER_KEY, imageURL: env.MISSING_URL });
  await told('AddPartnerImageToQueue refused', { ...order, applicationCode: '00000000-0000-4000-8000-000000000000' });
  await told('DeleteImageFromQueue', { ...auth, imageTicket: unwanted.ImageTicket });

  await standing(auth, full.ImageTicket, 70);
  await standing(auth, plain.ImageTicket, 70);
  await told('GetImageStatus', { ...auth, imageTicket: full.ImageTicket });
  await told('DeleteImageFromQueue refused', { ...auth, imageTicket: full.ImageTicket });
  await told('RejectProcessedImage', { ...auth, imageTicket: plain.ImageTicket, comment: 'Brighter, please.' });
  await standing(auth, plain.ImageTicket, 66);

  await told('GetImagesList', { ...auth, sortBy: 'id', isDescending: 'false' });
  await told('CountImages', auth);
  await told('GetProductIdsList', { ...auth, page: '1', productIdsPerPage: '100' });
  await told('GetProductIdsList one', { ...auth, page: '2', productIdsPerPage: '1' });
  await told('GetProductIdsList refused', wrong);
  await told('CountImages refused', { ...auth, fromDate: 'yesterday' });
  await told('GetContactDetailed', auth);

  const self = { contactEmail: developer.developerEmail, contactAPIkey: developer.developerAPIkey };
  await told('GetInvoiceList', self);
  await told('GetInvoiceList refused', { ...self, page: 'last' });

  // What is no request that the service understands comes back as a fault: here one
  // with a header that asks too much, for every operation of the WSDL.
  client.addSoapHeader('<t:Transaction xmlns:t="http://shop.example/" soap:mustUnderstand="1">7</t:Transaction>');
  const [service] = Object.values(client.describe());
  for (const operation of Object.keys(service.RemoveTheBackgroundSoap)) {
    try {
      await call(operation, {});
    } catch (err) {
      if (!err.root) throw err;
      const fault = err.root.Envelope.Body.Fault;
      tell(`fault ${operation}`, { code: fault.faultcode || fault.Code.Value, string: fault.faultstring || fault.Reason.Text });
    }
  }
}

main().catch((err) => {
  console.error(err);
  process.exitCode = 1;
});
