select {{ ref('nix') }}
