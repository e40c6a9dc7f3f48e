<?php

    $signature = $_SERVER['HTTP_X_HWR_SIGNATURE'];
    $payload = file_get_contents("php://input");
    $developerSecretKey = "insert_your_secret_key_here";
    $expectedSignature = hash_hmac("sha256",$payload,$developerSecretKey);

    if($signature==$expectedSignature){
         //webhook is legit!

         $webhookObject = json_decode($payload);

         //do all your processing here!

    }else{
         //bad webhook!
         //abort, abort, abort!
         header("HTTP/1.1 403 Forbidden");
    }
