require 'socket'
require_relative 'verify'

$stdout.sync = true
server = TCPServer.new('127.0.0.1', 0)
puts "listening (http://127.0.0.1:#{server.addr[1]})"
loop do
  client = server.accept
  client.gets
  headers = {}
  while (line = client.gets&.chomp) && !line.empty?
    name, value = line.split(':', 2)
    headers[name.downcase] = value.strip
  end
  body = client.read(headers['content-length'].to_i)
  verdicts = %w[standard rtb hwr video].select { |dialect| Webhooks.send("verify_#{dialect}", ENV['WEBHOOK_SECRET'], headers, body) }
  answer = verdicts.join(' ')
  client.write("HTTP/1.1 #{verdicts.empty? ? '403 Forbidden' : '200 OK'}\r\nContent-Length: #{answer.bytesize}\r\nConnection: close\r\n\r\n#{answer}")
  client.close
end
