# All functions take the secret, the request's headers by lower-case name and the
# raw body (request.raw_post in Rails).
require 'openssl'
require 'time'

module Webhooks
  module_function

  # Standard Webhooks: sent with every webhook. One signature for each secret in force.
  def verify_standard(secret, headers, body, tolerance: 300)
    id, time = headers.values_at('webhook-id', 'webhook-timestamp')
    return false unless fresh?(Time.at(time.to_i), tolerance)

    expected = 'v1,' + base64(OpenSSL::HMAC.digest('SHA256', secret, "#{id}.#{time}.".b + body.b))
    headers['webhook-signature'].to_s.split.any? { |given| OpenSSL.secure_compare(expected, given) }
  end

  # Finished images. The role is customer or partner: whose secret it is.
  def verify_rtb(secret, headers, body, role: 'customer')
    expected = base64(OpenSSL::HMAC.digest('SHA256', secret, body))
    OpenSSL.secure_compare(expected, headers["x-rtb-#{role}-hmac-sha256"].to_s)
  end

  # Developers' webhooks.
  def verify_hwr(secret, headers, body)
    OpenSSL.secure_compare(OpenSSL::HMAC.hexdigest('SHA256', secret, body), headers['x-hwr-signature'].to_s)
  end

  # Video jobs.
  def verify_video(secret, headers, body, tolerance: 300)
    time = headers['x-webhook-timestamp'].to_s
    return false unless fresh?(Time.iso8601(time), tolerance)

    expected = 'sha256=' + OpenSSL::HMAC.hexdigest('SHA256', secret, "#{time}.".b + body.b)
    OpenSSL.secure_compare(expected, headers['x-webhook-signature'].to_s)
  rescue ArgumentError # not a time
    false
  end

  def fresh?(time, tolerance)
    (Time.now - time).abs <= tolerance
  end

  def base64(bytes)
    [bytes].pack('m0')
  end
end
