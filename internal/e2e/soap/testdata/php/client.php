<?php
// Calls every operation of the SOAP service with PHP's own SoapClient and prints
// what came back, one line of JSON a call.
//
//   SOAP_WSDL=https://mattebox.example/soap.asmx?WSDL DEVELOPER_EMAIL=... DEVELOPER_KEY=... \
//   CONTACT_EMAIL=new@shop.example PICTURE_URL=https://... MISSING_URL=https://... php client.php
//
// SOAP_VERSION is 1.1, or 1.2. MISSING_URL is an address where there is no picture.
// PHP needs its extension soap (Debian: php-soap).
error_reporting(E_ALL);
set_error_handler(function (int $level, string $message): bool { throw new ErrorException($message, 0, $level); });

$options = [
    'soap_version' => getenv('SOAP_VERSION') === '1.2' ? SOAP_1_2 : SOAP_1_1,
    // Without this a list of one is that one thing, and no array.
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    'cache_wsdl' => WSDL_CACHE_NONE, // fit for tests; leave it out in production
    'exceptions' => true,
    'connection_timeout' => 10,
];
$client = new SoapClient(getenv('SOAP_WSDL'), $options);

function tell(string $step, $answer): void
{
    echo json_encode(['step' => $step, 'answer' => $answer], JSON_THROW_ON_ERROR), "\n";
}

// call returns the operation's result. Faults arrive as SoapFault, everything that
// the service refuses as an ErrorCode other than NoError.
function call(string $operation, array $fields): stdClass
{
    global $client;
    return $client->$operation($fields)->{$operation . 'Result'};
}

// told is call for the record.
function told(string $step, array $fields): stdClass
{
    $result = call(explode(' ', $step)[0], $fields);
    tell($step, $result);
    return $result;
}

// standing asks until the image stands at the status.
function standing(array $auth, string $ticket, int $status): void
{
    for ($deadline = microtime(true) + 120; ; usleep(200000)) {
        $result = call('GetImageStatus', $auth + ['imageTicket' => $ticket]);
        if ($result->ErrorCode === 'NoError' && $result->ImageStatus->StatusId === $status) {
            return;
        }
        if (microtime(true) > $deadline) {
            throw new RuntimeException("waited for status $status in vain: " . json_encode($result));
        }
    }
}

// A developer opens an account for a customer, and orders in the customer's name.
$developer = ['developerEmail' => getenv('DEVELOPER_EMAIL'), 'developerAPIkey' => getenv('DEVELOPER_KEY')];
$person = ['contactEmail' => getenv('CONTACT_EMAIL'), 'contactName' => 'Zoë Ångström', 'countryCode' => 'DK'];
$contact = told('AddContact', $developer + $person);
told('AddContact again', $developer + $person);
$auth = ['contactEmail' => $contact->ContactEmail, 'contactAPIkey' => $contact->ContactAPIkey];
$wrong = ['contactEmail' => $contact->ContactEmail, 'contactAPIkey' => '00000000-0000-4000-8000-000000000000'];

told('EditContact', $auth + ['contactCompany' => 'Käse & Söhne <A/S>', 'contactCity' => 'København', 'isReceivedNewslater' => 'false']);
told('EditContact refused', $wrong);
told('GetContactDetailed refused', $wrong);

told('GetTemplates one', $auth);
$template = told('AddTemplate', $auth + [
    'templateName' => 'Shop (front) 1', 'templateOutputFormat' => 'JPG', 'deliveryTimeInHour' => '24',
    'backgroundType' => '0', 'resizeType' => '3', 'resizeMinSize' => '10', 'resizeMaxSize' => '2000', 'comment' => 'a < b & c',
]);
told('AddTemplate refused', $auth + ['templateOutputFormat' => 'JPG', 'deliveryTimeInHour' => '24', 'backgroundType' => '0']);
told('GetTemplateSpec', $auth + ['templateId' => $template->TemplateId]);
told('GetTemplateSpec refused', $auth + ['templateId' => '1']);
told('GetTemplates', $auth);
told('GetTemplates refused', $wrong);

told('GetImagesList empty', $auth);
told('GetProductIdsList empty', $auth);
told('GetInvoiceList empty', $auth);
told('CountImages none', $auth);

// An order with everything, one with what it needs, one whose picture is not there.
$order = $auth + ['templateId' => $template->TemplateId, 'imageURL' => getenv('PICTURE_URL')];
$full = told('AddImageToQueue', $order + [
    'developerAPIkey' => getenv('DEVELOPER_KEY'), 'imageURL2' => '', 'customerFolder' => null, 'customerImageId' => 'SKU 1/ä', 'productId' => 'P-2', 'instruction' => 'As it is.',
    'additionalResourceFileURLs' => ['string' => ['https://shop.example/notes.pdf']],
    'colorwayIds' => ['int' => []],
    'colorChangeRequests' => ['ColorChangeRequest' => [['customerImageColorID' => 'red', 'outputFileName' => 'red.jpg']]],
]);
$plain = told('AddImageToQueue plain', $order);
$missing = told('AddImageToQueue missing', array_merge($order, [
    'imageURL' => getenv('MISSING_URL'), 'customerImageId' => 'missing', 'productId' => 'P-1',
    'colorwayIds' => ['int' => [7, 8]],
]));
told('AddImageToQueue refused', $auth);
standing($auth, $missing->ImageTicket, 12);
told('GetImageStatus missing', $auth + ['imageTicket' => $missing->ImageTicket]);
told('GetImageStatus nonticket', $auth + ['imageTicket' => 'nonticket', 'customerImageId' => 'missing']);
told('GetImageStatus refused', $auth + ['imageTicket' => '00000000-0000-4000-8000-000000000000']);
told('GetImagesList one', $auth + ['productId' => 'P-1']);
told('GetImagesList refused', $auth + ['sortBy' => 'beauty']);
told('RejectProcessedImage refused', $auth + ['imageTicket' => $missing->ImageTicket, 'comment' => 'Too early.']);
$unwanted = told('AddPartnerImageToQueue', array_merge($order, ['applicationCode' => getenv('DEVELOPER_KEY'), 'imageURL' => getenv('MISSING_URL')]));
told('AddPartnerImageToQueue refused', $order + ['applicationCode' => '00000000-0000-4000-8000-000000000000']);
told('DeleteImageFromQueue', $auth + ['imageTicket' => $unwanted->ImageTicket]);

standing($auth, $full->ImageTicket, 70);
standing($auth, $plain->ImageTicket, 70);
told('GetImageStatus', $auth + ['imageTicket' => $full->ImageTicket]);
told('DeleteImageFromQueue refused', $auth + ['imageTicket' => $full->ImageTicket]);
told('RejectProcessedImage', $auth + ['imageTicket' => $plain->ImageTicket, 'comment' => 'Brighter, please.']);
standing($auth, $plain->ImageTicket, 66);

told('GetImagesList', $auth + ['sortBy' => 'id', 'isDescending' => 'false']);
told('CountImages', $auth);
told('GetProductIdsList', $auth + ['page' => '1', 'productIdsPerPage' => '100']);
told('GetProductIdsList one', $auth + ['page' => '2', 'productIdsPerPage' => '1']);
told('GetProductIdsList refused', $wrong);
told('CountImages refused', $auth + ['fromDate' => 'yesterday']);
told('GetContactDetailed', $auth);

$self = ['contactEmail' => $developer['developerEmail'], 'contactAPIkey' => $developer['developerAPIkey']];
told('GetInvoiceList', $self);
told('GetInvoiceList refused', $self + ['page' => 'last']);

// What is no request that the service understands comes back as a fault: here one with
// a header that asks too much, for every operation of the WSDL.
$client->__setSoapHeaders(new SoapHeader('http://shop.example/', 'Transaction', '7', true));
foreach ($client->__getFunctions() as $function) {
    preg_match('/^\w+ (\w+)\(/', $function, $parts);
    try {
        call($parts[1], []);
    } catch (SoapFault $fault) {
        tell("fault $parts[1]", ['code' => $fault->faultcode, 'string' => $fault->faultstring]);
    }
}
try {
    $blind = new SoapClient(null, ['location' => strtok(getenv('SOAP_WSDL'), '?'), 'uri' => 'http://removethebackground.com/'] + $options);
    $blind->NoSuchOperation();
} catch (SoapFault $fault) {
    tell('fault unknown', ['code' => $fault->faultcode, 'string' => $fault->faultstring]);
}
