import PintailProject
import TestSupport

@testable import PintailEngine

extension S3Server {
    /// How a project reaches the store; another port is that of a ``CuttingProxy``.
    func connection(port: Int? = nil, keyID: String? = nil, secret: String? = nil) -> ConnectionSettings {
        .s3(
            S3Settings(
                endpoint: "127.0.0.1:\(port ?? self.port)",
                region: "us-east-1",
                keyID: Secret(keyID ?? self.keyID),
                secret: Secret(secret ?? self.secret),
                useSSL: false
            )
        )
    }
}
